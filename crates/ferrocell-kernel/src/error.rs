//! Why a kernel could not run.

use std::io;
use std::path::PathBuf;

/// Why a kernel could not start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum KernelError {
    /// The connection file is not there or cannot be read.
    #[error(
        "the connection file {path} cannot be read: {source}; a frontend writes it before it starts a kernel"
    )]
    ConnectionFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The connection file is not a connection file.
    #[error(
        "the connection file {path} is not understood: {source}; let the frontend write a new one"
    )]
    ConnectionInfo {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The connection file asks for a signature scheme other than `hmac-sha256`.
    #[error(
        "signature scheme {0:?} is not supported; set the frontend's Session.signature_scheme to hmac-sha256"
    )]
    SignatureScheme(String),
    /// An endpoint cannot be bound.
    #[error(
        "the {channel} channel cannot listen on port {port} of {ip}: {source}; start the kernel again, with other ports"
    )]
    Bind {
        /// Which channel.
        channel: &'static str,
        /// The address, or the path for ipc.
        ip: String,
        /// The port, or the number for ipc.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The operating system gives no thread or no signal handler.
    #[error(
        "the kernel cannot start its threads: {0}; free some of the machine's processes or memory"
    )]
    Runtime(#[source] io::Error),
    /// The language broke down in a way that it should not.
    #[error(
        "the language panicked and its session is lost; this is a bug, restart the kernel to go on"
    )]
    LanguagePanicked,
}
