//! Opening files, and writing them whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::NamedTempFile;

use super::Failure;
use crate::input::Input;

/// The text of a file that the command line names; `-` is standard input.
pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    open(path)?
        .into_read()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", path.display())))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Failure::Usage(format!("{}:{line}: not UTF-8; save the file as UTF-8", path.display()))
    })
}

/// Opens a file that the command line names; `-` is standard input.
pub(super) fn open(path: &Path) -> Result<Input, Failure> {
    if path == Path::new("-") {
        return Ok(Input::Stream(Box::new(io::stdin())));
    }
    let file = File::open(path)
        .map_err(|error| Failure::Usage(format!("cannot open {}: {error}", path.display())))?;
    match file.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            Err(Failure::Usage(format!("{} is a folder; name a file", path.display())))
        }
        Ok(metadata) if metadata.is_file() => Ok(Input::File(Box::new(file))),
        // A named pipe, or what a shell puts in for `<(…)`: it cannot be read here and there.
        _ => Ok(Input::Stream(Box::new(file))),
    }
}

/// How many bytes a file has, where that can be known beforehand.
pub(super) fn size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len())
}

/// A file that appears under its name only once it is whole.
#[derive(Debug)]
pub(super) struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl NewFile {
    /// Begins the file at `path`, in its folder, which is made if it is missing.
    pub(super) fn begin(path: &Path) -> Result<Self, Failure> {
        if path.is_dir() {
            return Err(Failure::Usage(format!("{} is a folder; name a file", path.display())));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(|error| {
            Failure::Usage(format!("cannot make {}: {error}", folder.display()))
        })?;
        // A name that says whose it is, should the process be killed.
        let named =
            tempfile::Builder::new().prefix(".relogin-").suffix(".part").tempfile_in(folder);
        let file = named.map_err(|error| {
            Failure::Usage(format!("cannot write into {}: {error}", folder.display()))
        })?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Where to write.
    pub(super) fn writer(&self) -> Result<Box<dyn Write + Send>, Failure> {
        let file = self.file.reopen().context("cannot reopen a temporary file")?;
        Ok(Box::new(io::BufWriter::with_capacity(1 << 20, file)))
    }

    /// The file is whole.
    pub(super) fn keep(self) -> Result<(), Failure> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Temporary files are private; a result is as readable as any new file.
            let readable = fs::Permissions::from_mode(0o644);
            self.file.as_file().set_permissions(readable).context("cannot set permissions")?;
        }
        let Self { file, path } = self;
        file.persist(&path)
            .map_err(|error| Failure::Usage(format!("cannot write {}: {error}", path.display())))?;
        Ok(())
    }
}
