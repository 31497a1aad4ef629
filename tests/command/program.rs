//! Running the program, and looking at what it left behind.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What the program did.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// Fails unless the program ended with `status`.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless it said all of `words` on standard error.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in:\n{}", self.stderr);
        }
        self
    }
}

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command of the program, run from the project's folder.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relogin"));
    command.current_dir(root()).stdin(Stdio::null()).env_remove("NO_COLOR").env("COLUMNS", "100");
    command
}

/// Runs the program with `arguments`.
pub(crate) fn relogin(arguments: &[&str]) -> Finished {
    finish(command().args(arguments))
}

/// Runs the program with `arguments` and `input` on its standard input.
pub(crate) fn relogin_fed(arguments: &[&str], input: &[u8]) -> Finished {
    let mut child = command()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // The program may well refuse its arguments before it reads.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    told(child.wait_with_output().expect("the program ends"))
}

/// Runs a prepared command.
pub(crate) fn finish(command: &mut Command) -> Finished {
    told(command.output().expect("the program starts"))
}

fn told(output: std::process::Output) -> Finished {
    Finished {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
    }
}

/// Every file below `folder` with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            let inner = files(&path);
            let name = PathBuf::from(path.file_name().expect("a name"));
            found.extend(inner.into_iter().map(|(below, bytes)| (name.join(below), bytes)));
        } else {
            let bytes = fs::read(&path).expect("a file");
            found.insert(PathBuf::from(path.file_name().expect("a name")), bytes);
        }
    }
    found
}

/// Fails with the name of the first file that differs.
#[track_caller]
pub(crate) fn same_files(a: &Path, b: &Path) {
    let (a, b) = (files(a), files(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(bytes == &b[name], "{} differs", name.display());
    }
}

/// A folder that goes away with the test.
pub(crate) fn scratch() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A file in `folder`.
pub(crate) fn write(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a new file");
    path.display().to_string()
}

/// A path in `folder` as an argument.
pub(crate) fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// A small scenario: one app, one API, two policies, its trace beside it.
pub(crate) const SMALL: &str = r#"# How often does a small team log in again?
[scenario]
name = "small"
[workload]
trace = "small.csv"
[[policy]]
name = "day"
session = { idle_timeout = "1d", absolute_timeout = "7d" }
api.backend.access_token_lifetime = "1h"
app.web = {}
[[policy]]
name = "hour"
session = { idle_timeout = "1h", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "10m"
app.web = {}
"#;

/// The trace of [`SMALL`].
pub(crate) const SMALL_TRACE: &str = "ts,user\n\
    1760000000,ann\n1760000300,ann\n1760003600,bob\n1760007200,ann\n1760090000,bob\n";

/// Writes [`SMALL`] and its trace; gives the scenario's path.
pub(crate) fn small(folder: &TempDir) -> String {
    write(folder, "small.csv", SMALL_TRACE);
    write(folder, "small.toml", SMALL)
}
