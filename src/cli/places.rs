//! Where results may go: never over an input, nor over one another.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::Failure;

/// The tables of a report that an event log could be taken for.
const TABLES: [&str; 3] = ["summary.csv", "load.csv", "relogins.csv"];

/// Refuses a new file that would take the place of something that the command reads.
pub(super) fn spare_inputs<'a>(
    new: &Path,
    option: &str,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let place = place_of(new);
    for input in inputs {
        if input != "-" && place_of(input) == place {
            return Err(Failure::Usage(format!(
                "{option} {} would overwrite what is read from there; name another file",
                new.display()
            )));
        }
    }
    Ok(())
}

/// Refuses an event log that the report in `dir` would take the place of.
pub(super) fn spare_log(what: &str, log: &Path, dir: &Path) -> Result<(), Failure> {
    let place = place_of(log);
    if TABLES.iter().any(|table| place_of(&dir.join(table)) == place) {
        return Err(Failure::Usage(format!(
            "{what} {} lies where a table of the report goes; name another folder with --out",
            log.display()
        )));
    }
    Ok(())
}

/// Refuses a folder that can't be written in, before hours of work are lost to it.
pub(super) fn writable(dir: &Path) -> Result<(), Failure> {
    // Folders that are missing will be made in the nearest one that is there.
    let nearest = dir.ancestors().find(|path| path.as_os_str().is_empty() || path.exists());
    let nearest = nearest.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let refused = |why: &str| {
        Failure::Usage(format!(
            "cannot write in the folder {}: {why}; name another one with --out",
            dir.display()
        ))
    };
    if !nearest.is_dir() {
        return Err(refused(&format!("{} is no folder", nearest.display())));
    }
    // Without a name, so that nothing is left behind whatever happens.
    tempfile::tempfile_in(nearest).map(drop).map_err(|error| refused(&error.to_string()))
}

/// The one path of a place that has several, whether or not something is there yet.
fn place_of(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let found = path
        .ancestors()
        .find_map(|known| Some((fs::canonicalize(known).ok()?, path.strip_prefix(known).ok()?)));
    let Some((mut place, missing)) = found else { return path };
    for part in missing.components() {
        // Of folders that are yet to be made, none is a link to elsewhere.
        match part {
            Component::ParentDir => drop(place.pop()),
            part => place.push(part),
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_by_any_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        let direct = folder.path().join("new.csv");
        for other in ["a/../new.csv", "missing/../new.csv"] {
            assert_eq!(place_of(&folder.path().join(other)), place_of(&direct), "{other}");
        }
        assert_ne!(place_of(&folder.path().join("a/new.csv")), place_of(&direct));
        fs::write(&direct, "").unwrap();
        assert_eq!(place_of(&folder.path().join("./new.csv")), place_of(&direct));
    }

    #[test]
    fn missing_folders_are_judged_by_where_they_will_be_made() {
        let folder = tempfile::tempdir().unwrap();
        writable(&folder.path().join("a/b/c")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(writable(&file.join("below")), Err(Failure::Usage(_))));
    }
}
