//! Every preset file is whole: known keys, and a source for each value.

use toml::de::DeTable;

use super::super::registry::{API, APP, SESSION};
use super::super::tree::{Node, Place, Table};
use super::super::{PRESETS, Preset};

/// Every value has a source that names a repository and a file, or an address.
fn check_sources(preset: &Preset, layer: &Table) -> usize {
    let leaf = |node: &Node| match node {
        Node::Leaf(leaf) => {
            let Place::Preset { source, .. } = &leaf.place else {
                panic!("{}: {leaf:?} has no source", preset.name);
            };
            assert!(source.contains('/'), "{}: {source:?} is no source", preset.name);
            1
        }
        Node::Table(table) => check_sources(preset, table),
        Node::List(_) => panic!("{}: a preset holds no list", preset.name),
    };
    layer.entries.values().map(leaf).sum()
}

#[test]
fn every_preset_loads_with_known_keys_and_sources() {
    for preset in PRESETS {
        let toml = DeTable::parse(preset.text).unwrap();
        let sections = ["session", "api", "app", "app_if_given"];
        for section in toml.get_ref().keys() {
            assert!(sections.contains(&section.get_ref().as_ref()), "{section:?}");
        }
        let session = Table::new(Place::Default);
        let groups = [&SESSION, &API, &APP, &APP];
        for (section, group) in sections.into_iter().zip(groups) {
            let values = check_sources(preset, &preset.section(section, group, &session));
            let is_there = toml.get_ref().contains_key(section);
            assert_eq!(values > 0, is_there, "{} [{section}]", preset.name);
        }
    }
}

#[test]
fn every_file_has_its_row() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/scenario/presets");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    files.sort();
    let rows: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    assert_eq!(files, rows, "each file of {folder} needs a row in PRESETS, in byte order");
}
