//! Collects every log line of this process at level trace, from this crate and its dependencies.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use tracing::level_filters::LevelFilter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

static LOG: OnceLock<Log> = OnceLock::new();

/// Starts to collect the output of `tracing` and `log` from every thread.
pub fn keep() {
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_ansi(false);
        subscriber.with_writer(move || writer.clone()).init();
        log
    });
}

/// The log so far.
pub fn kept() -> String {
    String::from_utf8(LOG.get().unwrap().0.lock().unwrap().clone()).unwrap()
}
