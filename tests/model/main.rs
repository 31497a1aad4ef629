//! The model and the engine against independent computations: the vectors, and a slow twin on
//! random policies and traces.

mod closed_forms;
mod engine;
mod idle_curve;
mod patterns;
mod random;
mod twin;
mod vectors;
