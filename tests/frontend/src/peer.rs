//! A peer that speaks to a kernel's socket octet by octet, and need not keep to ZeroMQ's rules.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use ferrocell_kernel::ConnectionInfo;
use jupyter_protocol::Transport;

/// A connection to one channel.
pub struct Peer(Box<dyn Stream>);

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// The greeting of ZMTP 3.0 without security.
pub const GREETING: [u8; 64] = {
    let mut greeting = [0; 64];
    let start = *b"\xff\0\0\0\0\0\0\0\0\x7f\x03\0NULL";
    let mut index = 0;
    while index < start.len() {
        greeting[index] = start[index];
        index += 1;
    }
    greeting
};

impl Peer {
    /// Connects to the channel on this port.
    pub fn open(connection: &ConnectionInfo, port: u16) -> Peer {
        let ip = connection.ip.as_str();
        Peer(match connection.transport {
            Transport::TCP => Box::new(TcpStream::connect((ip, port)).expect("a connection")),
            Transport::IPC => {
                Box::new(UnixStream::connect(format!("{ip}-{port}")).expect("a connection"))
            }
        })
    }

    /// Opens the connection as ZeroMQ does, as a socket of this type.
    pub fn shake_hands(&mut self, socket_type: &str) {
        self.put(&GREETING).expect("a kernel that listens");
        let length = u32::try_from(socket_type.len()).expect("a short name");
        let ready = [
            b"\x05READY\x0bSocket-Type",
            length.to_be_bytes().as_slice(),
            socket_type.as_bytes(),
        ]
        .concat();
        self.put(&frame(4, &ready)).expect("a kernel that listens");
    }

    /// Sends one message.
    pub fn send(&mut self, frames: &[&[u8]]) {
        for (index, body) in frames.iter().enumerate() {
            let more = u8::from(index + 1 < frames.len());
            self.put(&frame(more, body)).expect("a kernel that listens");
        }
    }

    /// Sends octets as they are.
    pub fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Waits until the kernel closes the connection.
    pub fn wait_for_end(mut self) {
        let mut rest = [0; 4096];
        // A connection that is reset has ended as well.
        while self.0.read(&mut rest).is_ok_and(|count| count > 0) {}
    }
}

/// One frame of ZMTP.
fn frame(flags: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u64).to_be_bytes();
    [&[flags | 2], length.as_slice(), body].concat()
}
