//! A kernel, from its connection file to its end.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc as jobs};
use std::time::Duration;

use jupyter_protocol::{ConnectionInfo, HelpLink, ReplyStatus};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::cells::Cells;
use crate::ending::Ending;
use crate::error::KernelError;
use crate::execution::Execution;
use crate::handles::Handles;
use crate::history::History;
use crate::language::{Info, Language};
use crate::socket::{IoPub, KernelRequests, Replies, Sockets, Stdin, control, heartbeat, shell};
use crate::wire::{Codec, KernelInfoReply, PROTOCOL_VERSION};

/// How long what still works may take before the kernel ends without it.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// A kernel that is about to run.
///
/// ```no_run
/// # use ferrocell_kernel::{Kernel, KernelError, language::Language};
/// # fn main_with(language: impl Language) -> Result<(), KernelError> {
/// Kernel::from_file("kernel-1234.json")?.run(language)
/// # }
/// ```
#[derive(Debug)]
pub struct Kernel {
    connection: ConnectionInfo,
    history: Option<PathBuf>,
}

impl Kernel {
    /// A kernel for the frontend that wrote the connection file at `path`.
    ///
    /// Specification: [Connection files](https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files).
    ///
    /// # Errors
    ///
    /// [`KernelError::ConnectionFile`] if it cannot be read, [`KernelError::ConnectionInfo`] if it is not understood.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Kernel, KernelError> {
        let path = path.as_ref();
        let text = fs::read(path).map_err(|source| KernelError::ConnectionFile {
            path: path.into(),
            source,
        })?;
        let connection =
            serde_json::from_slice(&text).map_err(|source| KernelError::ConnectionInfo {
                path: path.into(),
                source,
            })?;
        Ok(Kernel::new(connection))
    }

    /// A kernel on the given endpoints.
    pub fn new(connection: ConnectionInfo) -> Kernel {
        Kernel {
            connection,
            history: None,
        }
    }

    /// Keeps inputs in the file at `path`, across sessions, such as the one that [`history_file`](crate::history_file)
    /// names. Without it there is no history.
    pub fn history(self, path: impl Into<PathBuf>) -> Kernel {
        Kernel {
            history: Some(path.into()),
            ..self
        }
    }

    /// Runs until a frontend shuts it down, it is terminated (SIGTERM), or the process that started it is gone.
    /// SIGINT interrupts the cell that runs.
    ///
    /// # Errors
    ///
    /// [`KernelError`] if the endpoints of the connection file cannot be used, or if the language panics.
    pub fn run(self, language: impl Language) -> Result<(), KernelError> {
        let scheme = &self.connection.signature_scheme;
        if scheme != "hmac-sha256" && !self.connection.key.is_empty() {
            return Err(KernelError::SignatureScheme(scheme.clone()));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("ferrocell-kernel")
            .enable_all()
            .build()
            .map_err(KernelError::Runtime)?;
        let result = runtime.block_on(self.serve(language));
        // The channels close, which removes the files of Unix sockets.
        runtime.shutdown_timeout(SHUTDOWN);
        result
    }

    async fn serve(self, language: impl Language) -> Result<(), KernelError> {
        let codec = Arc::new(Codec::new(&self.connection.key));
        let cells = Arc::new(Cells::default());
        let handles = Handles::default();
        let history = Arc::new(History::new(self.history.clone()));
        let (endings, mut ended) = mpsc::unbounded_channel();
        let (jobs, work) = jobs::channel();

        let Sockets {
            control,
            shell,
            stdin,
            heartbeat,
            iopub,
        } = Sockets::bind(&self.connection).await?;
        let stdin = Stdin::new(stdin, codec.clone(), cells.clone(), handles.clone());
        let iopub = IoPub::new(codec.clone(), iopub, cells.clone(), stdin.clone());
        let info = kernel_info(language.info());
        let kernel_requests = Arc::new(KernelRequests {
            codec,
            iopub,
            stdin,
            cells,
            queue: Arc::default(),
            handles,
            info,
            closing: Arc::default(),
            endings,
        });
        let shell_replies = Replies::new(kernel_requests.codec.clone(), shell.routes());
        let control_replies = Replies::new(kernel_requests.codec.clone(), control.routes());
        let execution = Execution {
            iopub: kernel_requests.iopub.clone(),
            replies: shell_replies.clone(),
            cells: kernel_requests.cells.clone(),
            queue: kernel_requests.queue.clone(),
            history: history.clone(),
            count: 1,
            closing: kernel_requests.closing.clone(),
        };
        let session = execution.spawn(language, kernel_requests.clone(), work)?;

        tokio::spawn(heartbeat::serve(heartbeat));
        tokio::spawn(control::serve(
            control,
            control_replies.clone(),
            kernel_requests.clone(),
        ));
        let shell = tokio::spawn(shell::serve(
            shell,
            shell_replies.clone(),
            kernel_requests.clone(),
            history,
            jobs,
        ));
        let interrupts = signal(SignalKind::interrupt()).map_err(KernelError::Runtime)?;
        let mut termination = signal(SignalKind::terminate()).map_err(KernelError::Runtime)?;
        tokio::spawn(interrupted(interrupts, kernel_requests.clone()));

        let ending = tokio::select! {
            ending = ended.recv() => ending.unwrap_or(Ending::Requested),
            _ = termination.recv() => Ending::Requested,
            () = orphaned() => Ending::Requested,
        };
        // With the shell channel goes the last job, and with the last job the session.
        shell.abort();
        let end = async {
            kernel_requests.end().await;
            session.await
        };
        if tokio::time::timeout(SHUTDOWN, end).await.is_err() {
            log::error!("the session did not end within {SHUTDOWN:?}; the kernel ends without it");
        }
        kernel_requests.iopub.drained().await;
        shell_replies.drained().await;
        control_replies.drained().await;
        match ending {
            Ending::Requested => Ok(()),
            Ending::Panicked => Err(KernelError::LanguagePanicked),
        }
    }
}

fn kernel_info(info: Info) -> KernelInfoReply {
    KernelInfoReply {
        status: ReplyStatus::Ok,
        protocol_version: PROTOCOL_VERSION,
        implementation: info.implementation,
        implementation_version: info.implementation_version,
        language_info: info.language,
        banner: info.banner,
        help_links: info
            .help_links
            .into_iter()
            .map(|(text, url)| HelpLink { text, url })
            .collect(),
        supported_features: [],
        debugger: false,
    }
}

/// Interrupts at each SIGINT, as Ctrl-C in a terminal does.
async fn interrupted(
    mut signals: tokio::signal::unix::Signal,
    kernel_requests: Arc<KernelRequests>,
) {
    while signals.recv().await.is_some() {
        kernel_requests.interrupt().await;
    }
}

/// Returns when the process that started the kernel is gone, if it is one that asked to be watched: jupyter_client
/// sets `JPY_PARENT_PID`, and a kernel whose frontend has crashed would else stay for ever.
async fn orphaned() {
    if std::env::var_os("JPY_PARENT_PID").is_none() {
        return std::future::pending().await;
    }
    let parent = std::os::unix::process::parent_id();
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    while std::os::unix::process::parent_id() == parent {
        seconds.tick().await;
    }
    log::warn!("the process that started this kernel is gone, so the kernel ends");
}
