//! Files that appear whole and together, or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempPath};

use super::{ReportError, charts};

const PREFIX: &str = ".relogin-";
const SUFFIX: &str = ".part";

/// Files under temporary names, until they are published.
pub(super) struct Staging {
    dir: PathBuf,
    files: Vec<(TempPath, PathBuf)>,
    /// Folders that were not there before, the outermost first.
    made: Vec<PathBuf>,
}

impl Staging {
    /// Makes `dir` and the folders in it, and clears away what an interrupted run left there.
    pub(super) fn open(dir: &Path, folders: &[&str]) -> Result<Self, ReportError> {
        let mut staging = Self { dir: dir.to_owned(), files: Vec::new(), made: Vec::new() };
        staging.make(dir)?;
        for folder in folders {
            staging.make(&dir.join(folder))?;
        }
        Ok(staging)
    }

    /// Fills the files of a chart: its SVG, and the PNG made from it.
    pub(super) fn put_chart(&mut self, name: &str, svg: &str) -> Result<(), ReportError> {
        let png =
            charts::png(svg).map_err(|why| ReportError::Chart { name: name.to_owned(), why })?;
        self.put(&format!("charts/{name}.svg"), |out| out.write_all(svg.as_bytes()))?;
        self.put(&format!("charts/{name}.png"), |out| out.write_all(&png))
    }

    /// Fills a file of that name, under a temporary one.
    pub(super) fn put(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), ReportError> {
        let place = self.dir.join(name);
        let folder = place.parent().unwrap_or(&self.dir).to_owned();
        let filled = || -> io::Result<TempPath> {
            // Opened by hand, for a report may be read by everybody whom the umask lets.
            let open = |path: &Path| File::options().write(true).create_new(true).open(path);
            let file = Builder::new().prefix(PREFIX).suffix(SUFFIX).make_in(&folder, open)?;
            let (file, path) = file.into_parts();
            let mut out = BufWriter::new(file);
            fill(&mut out)?;
            out.flush()?;
            Ok(path)
        };
        let failed = |source| ReportError::File { path: place.clone(), source };
        let temporary = filled().map_err(failed)?;
        self.files.push((temporary, place));
        Ok(())
    }

    /// Gives every file its name.
    pub(super) fn publish(mut self) -> Result<Vec<PathBuf>, ReportError> {
        let mut places = Vec::new();
        for (temporary, place) in self.files.drain(..) {
            let failed = |error: tempfile::PathPersistError| ReportError::File {
                path: place.clone(),
                source: error.error,
            };
            temporary.persist(&place).map_err(failed)?;
            places.push(place);
        }
        self.made.clear();
        Ok(places)
    }

    fn make(&mut self, folder: &Path) -> Result<(), ReportError> {
        let failed = |source| ReportError::Folder { path: folder.to_owned(), source };
        let missing =
            folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        self.made.extend(missing.into_iter().rev());
        fs::create_dir_all(folder).map_err(failed)?;
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let ours = name.to_str().is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(SUFFIX));
            if ours {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.files.clear();
        for folder in self.made.drain(..).rev() {
            // A folder that somebody else has put something in stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_appears_before_everything_is_there() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        let mut staging = Staging::open(&dir, &["c"]).unwrap();
        staging.put("one", |out| out.write_all(b"1")).unwrap();
        assert!(!dir.join("one").exists());
        staging.put("c/two", |out| out.write_all(b"2")).unwrap();
        assert_eq!(staging.publish().unwrap(), [dir.join("one"), dir.join("c/two")]);
        assert_eq!(
            (names(&dir), names(&dir.join("c"))),
            (vec!["c".to_owned(), "one".to_owned()], vec!["two".to_owned()])
        );
    }

    #[test]
    fn a_failure_leaves_no_file_and_no_new_folder() {
        let root = tempfile::tempdir().unwrap();
        let mut staging = Staging::open(&root.path().join("a/b"), &["c"]).unwrap();
        staging.put("one", |out| out.write_all(b"1")).unwrap();
        let full = |_: &mut dyn Write| Err(io::Error::from(io::ErrorKind::StorageFull));
        assert!(matches!(staging.put("two", full), Err(ReportError::File { .. })));
        drop(staging);
        assert_eq!(names(root.path()), [""; 0]);
    }

    #[test]
    fn what_an_interrupted_run_left_is_cleared_away() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(".relogin-Xy12.part"), "half").unwrap();
        fs::write(root.path().join("notes.part"), "of somebody else").unwrap();
        Staging::open(root.path(), &[]).unwrap().publish().unwrap();
        assert_eq!(names(root.path()), ["notes.part"]);
    }
}
