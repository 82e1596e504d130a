//! Reads everything that the host process says, and passes it on in order.
//!
//! One thread does this until the process has ended, and another one goes on with what a snapshot says that takes over.
//! It blocks while the front end does not keep up, and then the
//! user's program blocks with its next write: that is what bounds memory.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::iter;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;

use ferrocell_wire::{CONTINUED, Ended, Frame, Kind, MORE, Status, split_fields};

use super::evcxr_stream::{Piece, Stream};
use super::questions::Questions;
use super::report::{PanicReport, Report};
use super::supervision::Supervision;
use super::table;
use crate::compiler::size::Size;
use crate::program::panics::LoadedCode;
use crate::{CellId, Event, EventSink, MimeBundle, RequestId};

/// How long an unfinished line that might become something else waits before it is shown.
const HOLD_MILLISECONDS: i32 = 50;
const BUFFER_SIZE: usize = 256 * 1024;

/// What the reading thread owns.
pub(crate) struct Reader {
    /// The frames.
    pub(crate) output: File,
    /// What child processes and C code write.
    pub(crate) pipes: [(Kind, io::PipeReader); 2],
    /// Where the end of the process is reported.
    pub(crate) supervision: Supervision,
    /// What its threads ask.
    pub(crate) questions: Questions,
    /// The number of the latest cell that this thread was told to work for.
    pub(crate) latest_cell: Arc<AtomicU64>,
    /// Where events go.
    pub(crate) events: EventSink,
    /// Where reports to the session go.
    pub(crate) reports: Sender<Report>,
    /// To tell where a panic happened.
    pub(crate) loaded: LoadedCode,
}

/// The state of reading.
struct Reading {
    reader: Reader,
    streams: HashMap<(CellId, Kind), Stream>,
    /// Prompts that were printed for the question that follows, by thread.
    prompts: HashMap<u32, (String, bool)>,
    /// The start of a message that comes in several frames.
    unfinished: Vec<u8>,
    /// Text that goes out as one event with what follows it.
    batch: Option<(CellId, Kind, String)>,
    /// What the value of the running cell's tail has shown so far, while it shows itself.
    showing: Option<MimeBundle>,
    is_output_closed: bool,
}

impl Reader {
    /// Reads until the process has ended; what is left can read on from another one.
    pub(crate) fn run(self) -> Self {
        let reports = self.reports.clone();
        let mut reading = Reading {
            reader: self,
            streams: HashMap::new(),
            prompts: HashMap::new(),
            unfinished: Vec::new(),
            batch: None,
            showing: None,
            is_output_closed: false,
        };
        let end = reading.run();
        for (request, cell) in reading.reader.questions.withdraw_all() {
            reading.send(Event::Withdrawn { cell, request });
        }
        // If the session is gone, nobody needs to know.
        let _ = reports.send(end.map_or(Report::Closed, Report::Ended));
        reading.reader
    }
}

impl Reading {
    fn run(&mut self) -> io::Result<Ended> {
        let mut chunk = vec![0; BUFFER_SIZE];
        let end = loop {
            let [output, stdout, stderr, ended] = self.wait();
            // The frames first: the process empties the pipes itself before it writes a frame, so what is in a pipe is newer.
            if output {
                self.read_frames(&mut chunk)?;
            } else {
                if stdout {
                    self.read_pipe(0, &mut chunk);
                }
                if stderr {
                    self.read_pipe(1, &mut chunk);
                }
                if ended {
                    // All that it wrote was read. What it had begun to write when it ended is no frame.
                    break self.reader.supervision.ended();
                }
            }
            if !(output || stdout || stderr) {
                self.release_held();
            }
            self.send_batch();
        };
        self.read_pipe(0, &mut chunk);
        self.read_pipe(1, &mut chunk);
        for cell in self
            .streams
            .keys()
            .map(|(cell, _)| *cell)
            .collect::<Vec<_>>()
        {
            self.flush(cell);
        }
        self.send_batch();
        end
    }

    /// Reads the frames that are there, as many as make one event.
    fn read_frames(&mut self, chunk: &mut [u8]) -> io::Result<()> {
        let mut read = 0;
        while read < BUFFER_SIZE {
            // SAFETY: the buffer is live and writable, and its length is passed along. It has room for every frame.
            let count = unsafe {
                libc::recv(
                    self.reader.output.as_raw_fd(),
                    chunk.as_mut_ptr().cast(),
                    chunk.len(),
                    libc::MSG_DONTWAIT,
                )
            };
            match usize::try_from(count) {
                Ok(0) => {
                    self.is_output_closed = true;
                    break;
                }
                Ok(count) => {
                    if let Some((frame, _)) = Frame::split(&chunk[..count]) {
                        self.frame(&frame);
                    }
                    read += count;
                }
                Err(_) => match io::Error::last_os_error() {
                    error if error.kind() == io::ErrorKind::WouldBlock => break,
                    error if error.kind() == io::ErrorKind::Interrupted => {}
                    error => return Err(error),
                },
            }
        }
        Ok(())
    }

    /// Waits until there is something to read from the frames or one of the pipes, a thread has given its question up,
    /// or held text has waited enough.
    fn wait(&mut self) -> [bool; 4] {
        let poll = |fd| libc::pollfd {
            fd,
            events: libc::POLLIN,
            revents: 0,
        };
        let [(_, stdout), (_, stderr)] = &self.reader.pipes;
        let questions = self.reader.questions.connections();
        let mut polled = vec![
            // A negative descriptor is ignored.
            poll(if self.is_output_closed {
                -1
            } else {
                self.reader.output.as_raw_fd()
            }),
            poll(stdout.as_raw_fd()),
            poll(stderr.as_raw_fd()),
            poll(self.reader.supervision.as_raw_fd()),
        ];
        // Of these only the end is of interest, which need not be asked for.
        polled.extend(questions.iter().map(|(_, fd)| libc::pollfd {
            events: 0,
            ..poll(*fd)
        }));
        let timeout = if self.streams.values().any(Stream::is_holding) {
            HOLD_MILLISECONDS
        } else {
            -1
        };
        // SAFETY: the vector is live and its length is passed along.
        unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, timeout) };
        for ((request, _), polled) in questions.iter().zip(&polled[4..]) {
            if polled.revents != 0 {
                self.withdraw(*request);
            }
        }
        // The process holds the writing ends of the pipes, so that only its frames ever end.
        [
            polled[0].revents != 0,
            polled[1].revents & libc::POLLIN != 0,
            polled[2].revents & libc::POLLIN != 0,
            polled[3].revents != 0,
        ]
    }

    fn withdraw(&mut self, request: RequestId) {
        if let Some(cell) = self.reader.questions.withdraw(request) {
            self.send(Event::Withdrawn { cell, request });
        }
    }

    fn read_pipe(&mut self, index: usize, chunk: &mut [u8]) {
        let (kind, pipe) = &mut self.reader.pipes[index];
        let kind = *kind;
        // The process may have emptied it meanwhile; then the read, which does not block, fails.
        if let Ok(count) = pipe.read(chunk) {
            let cell = CellId(self.reader.latest_cell.load(Ordering::Relaxed));
            self.text(cell, kind, 0, &chunk[..count]);
        }
    }

    fn frame(&mut self, frame: &Frame<'_>) {
        let header = frame.header;
        let cell = CellId(header.cell);
        let Some(kind) = frame.kind() else { return };
        if matches!(kind, Kind::Stdout | Kind::Stderr) {
            return self.text(cell, kind, header.thread, frame.payload);
        }
        if header.detail & CONTINUED != 0 && self.unfinished.is_empty() {
            // Its begin went to the front end before the process that this one is a copy of has ended.
            return;
        }
        if header.detail & MORE != 0 {
            return self.unfinished.extend_from_slice(frame.payload);
        }
        let detail = header.detail & !CONTINUED;
        let mut payload = std::mem::take(&mut self.unfinished);
        payload.extend_from_slice(frame.payload);
        let payload = String::from_utf8_lossy(&payload);
        let is_main = header.thread == 0;
        match kind {
            Kind::Result => {
                let [mime, content] = split_fields(&payload);
                self.result(mime, content.to_owned());
            }
            Kind::Showing => {
                self.showing = Some(MimeBundle::default());
                self.streams
                    .entry((cell, Kind::Stdout))
                    .or_default()
                    .begin_line();
            }
            Kind::Panic => {
                let panic = PanicReport::parse(&payload);
                if is_main {
                    self.report(Report::Panic(panic));
                } else {
                    let message = self.reader.loaded.message(&panic);
                    self.text(cell, Kind::Stderr, header.thread, message.as_bytes());
                }
            }
            Kind::Failure => self.report(Report::Failure(payload.into_owned())),
            Kind::Shared => {
                let [name, bytes, least] = split_fields(&payload);
                self.report(Report::Shared {
                    name: name.to_owned(),
                    size: Size {
                        bytes: bytes.parse().unwrap_or_default(),
                        is_least: !least.is_empty(),
                    },
                });
            }
            Kind::Input => {
                let printed = self.prompts.remove(&header.thread);
                let (prompt, password) = printed.unwrap_or((payload.into_owned(), detail != 0));
                // What was printed before the question must be seen before it.
                self.flush(cell);
                let request = RequestId(header.token);
                if self.reader.questions.announce(request, cell) {
                    self.send(Event::Input {
                        cell,
                        request,
                        prompt,
                        password,
                    });
                }
            }
            Kind::Display => {
                let mut fields = payload.split('\0');
                let id = fields.next().filter(|id| !id.is_empty());
                let parts = iter::from_fn(|| Some((fields.next()?, fields.next()?)));
                match id {
                    Some(id) => {
                        let mut data = MimeBundle::default();
                        parts.for_each(|(mime, content)| data.insert(mime, content.to_owned()));
                        table::add(&mut data);
                        self.show(cell, data, Some(id.to_owned()), detail != 0);
                    }
                    None => parts.for_each(|(mime, content)| {
                        self.content(cell, header.thread, mime, content.to_owned());
                    }),
                }
            }
            Kind::ClearOutput => self.send(Event::ClearOutput {
                cell,
                wait: detail != 0,
            }),
            Kind::Done => {
                self.flush(cell);
                // The cell has failed while it showed these.
                for (mime, content) in self.showing.take().unwrap_or_default().0 {
                    self.display(cell, MimeBundle::from_iter([(mime, content)]));
                }
                self.send_batch();
                let status = Status::from_number(detail);
                self.report(Report::Done {
                    status,
                    message: payload.into_owned(),
                    threads: header.token,
                });
            }
            Kind::Stdout
            | Kind::Stderr
            | Kind::Load
            | Kind::Run
            | Kind::SetEnvironment
            | Kind::Promote
            | Kind::LimitMemory
            | Kind::Snapshot => {}
        }
    }

    fn text(&mut self, cell: CellId, kind: Kind, thread: u32, bytes: &[u8]) {
        let pieces = self.streams.entry((cell, kind)).or_default().feed(bytes);
        self.pieces(cell, kind, thread, pieces);
    }

    fn pieces(&mut self, cell: CellId, kind: Kind, thread: u32, pieces: Vec<Piece>) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => match &mut self.batch {
                    Some((in_cell, of_kind, before)) if (*in_cell, *of_kind) == (cell, kind) => {
                        before.push_str(&text)
                    }
                    _ => {
                        self.send_batch();
                        self.batch = Some((cell, kind, text));
                    }
                },
                Piece::Content { mime, content } => self.content(cell, thread, &mime, content),
                Piece::Prompt { text, password } => {
                    self.prompts.insert(thread, (text, password));
                }
            }
        }
    }

    /// Takes a rich value: a part of the cell's result, or something to show at its place among the output. Of several
    /// of one type that the tail shows, the last is the result.
    fn content(&mut self, cell: CellId, thread: u32, mime: &str, content: String) {
        let mut data = MimeBundle::default();
        data.insert(mime, content);
        match &mut self.showing {
            Some(result) if thread == 0 => {
                let earlier = result.0.remove(mime);
                result.0.append(&mut data.0);
                if let Some(earlier) = earlier {
                    self.display(cell, MimeBundle::from_iter([(mime.to_owned(), earlier)]));
                }
            }
            _ => self.display(cell, data),
        }
    }

    /// Takes the text of the tail's value. A value that has shown itself, but not in a rich form, has no other result.
    fn result(&mut self, mime: &str, content: String) {
        let shown = self.showing.take();
        if shown.as_ref().is_some_and(|shown| shown.0.is_empty()) {
            return;
        }
        let mut result = shown.unwrap_or_default();
        if result.text().is_none() {
            result.insert(mime, content);
        }
        self.report(Report::Result(result));
    }

    fn display(&mut self, cell: CellId, data: MimeBundle) {
        self.show(cell, data, None, false);
    }

    fn show(&mut self, cell: CellId, data: MimeBundle, display_id: Option<String>, update: bool) {
        let metadata = MimeBundle::default();
        self.send(Event::Display {
            cell,
            data,
            metadata,
            display_id,
            update,
        });
    }

    /// Passes on what waits in the streams of a cell.
    fn flush(&mut self, cell: CellId) {
        for kind in [Kind::Stdout, Kind::Stderr] {
            if let Some(mut stream) = self.streams.remove(&(cell, kind)) {
                let pieces = stream.flush();
                self.pieces(cell, kind, 0, pieces);
            }
        }
    }

    fn release_held(&mut self) {
        let held: Vec<_> = self
            .streams
            .iter_mut()
            .map(|((cell, kind), stream)| (*cell, *kind, stream.release()))
            .collect();
        for (cell, kind, pieces) in held {
            self.pieces(cell, kind, 0, pieces);
        }
    }

    fn send(&mut self, event: Event) {
        self.send_batch();
        (self.reader.events)(event);
    }

    fn send_batch(&mut self) {
        let Some((cell, kind, text)) = self.batch.take() else {
            return;
        };
        (self.reader.events)(match kind {
            Kind::Stderr => Event::Stderr { cell, text },
            _ => Event::Stdout { cell, text },
        });
    }

    fn report(&self, report: Report) {
        // If the session is gone, nobody needs to know.
        let _ = self.reader.reports.send(report);
    }
}

/// Makes reads from a pipe return instead of waiting.
pub(crate) fn set_non_blocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: the descriptor is open; only its flags change.
    let result = unsafe {
        let flags = libc::fcntl(fd.as_raw_fd(), libc::F_GETFL);
        libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK)
    };
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
