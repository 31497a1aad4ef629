//! The report of a sweep: `sweep.csv`, `sweep.json`, `idle-curve.csv`, charts and a page in the
//! style of the simulator's.

mod console;
mod json;
mod page;
mod rows;
mod shown;
mod story;
mod write;

#[cfg(test)]
mod tests;

pub use console::sweep_table;
pub use json::sweep_json;
pub use write::write_sweep;
