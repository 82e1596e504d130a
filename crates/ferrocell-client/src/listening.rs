//! Tells when a kernel has opened its ports, without knocking at them.
//!
//! A connection that is refused is only tried again after a pause that doubles each time. See
//! [proc_net(5)](https://man7.org/linux/man-pages/man5/proc_pid_net.5.html) for the table that is read here.

use std::fs;
use std::time::Duration;

use tokio::time::sleep;

/// How often the table is looked at.
const INTERVAL: Duration = Duration::from_millis(2);
/// The state of a socket that listens.
const LISTEN: &str = "0A";

/// Waits until there is a listener on each of the TCP `ports`; where the system has no such table, not at all.
pub(crate) async fn wait_for_listeners(ports: &[u16]) {
    while let Ok(mut table) = fs::read_to_string("/proc/net/tcp") {
        // Where kernels whose sockets speak both versions of the protocol are found; absent without IPv6.
        table += &fs::read_to_string("/proc/net/tcp6").unwrap_or_default();
        let listening: Vec<u16> = table.lines().filter_map(listening_port).collect();
        if ports.iter().all(|port| listening.contains(port)) {
            return;
        }
        sleep(INTERVAL).await;
    }
}

/// The port of a line such as `0: 0100007F:B7A1 00000000:0000 0A …`, if it is about a listener.
fn listening_port(line: &str) -> Option<u16> {
    let mut fields = line.split_whitespace().skip(1);
    let (_, port) = fields.next()?.split_once(':')?;
    let state = fields.nth(1)?;
    (state == LISTEN).then(|| u16::from_str_radix(port, 16).ok())?
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn only_listeners_count() {
        let listener = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000";
        let connection = "   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000";
        let heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when";
        assert_eq!(listening_port(listener), Some(8080));
        assert_eq!(listening_port(connection), None);
        assert_eq!(listening_port(heading), None);
    }

    #[tokio::test]
    async fn a_listener_is_seen() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        wait_for_listeners(&[port]).await;
    }
}
