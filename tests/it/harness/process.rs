//! The real program, as an operator starts it. It ends with the test.

use std::path::Path;
use std::process::{Child, Command, Stdio};

/// See the module.
pub struct Process(Child);

impl Process {
    /// `hotline serve` with this configuration.
    pub fn serve(config: &Path) -> Self {
        Self::start(Command::new(env!("CARGO_BIN_EXE_hotline")), config)
    }

    /// The same, but no file of its may grow beyond so many bytes: as on a disk that is full.
    pub fn serve_on_a_small_disk(config: &Path, bytes: u64) -> Self {
        let mut command = Command::new("env");
        // Without this a process that writes too much is killed instead of told.
        command.arg("--ignore-signal=XFSZ").arg("prlimit").arg(format!("--fsize={bytes}:unlimited"));
        command.arg(env!("CARGO_BIN_EXE_hotline"));
        Self::start(command, config)
    }

    fn start(mut command: Command, config: &Path) -> Self {
        let log = if std::env::var_os("HOTLINE_SHOW").is_some() { Stdio::inherit() } else { Stdio::null() };
        let command = command.arg("serve").arg("--config").arg(config).stdout(Stdio::null()).stderr(log);
        Self(command.spawn().expect("the program starts"))
    }

    /// There is room on the disk again.
    pub fn has_room(&self) {
        let pid = self.0.id().to_string();
        let raised = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited"]).status();
        assert!(raised.expect("prlimit runs").success());
    }

    /// SIGKILL: nothing can be finished.
    pub fn kill(mut self) {
        self.0.kill().expect("it is killed");
        self.0.wait().expect("it is dead");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
