//! The bill of each policy, where a scenario asks for capacity: for people (`lines`, shown by
//! `console` and by the page), and for tools (`rows`, in `capacity.csv` and `summary.json`).

mod console;
mod exports;
mod lines;
mod rows;

pub(super) use console::console;
pub(super) use exports::exports;
pub(super) use lines::{Section, headline, sections};
pub(super) use rows::{csv, json};
