//! The report of a sweep: hostile words, nothing, and every kind of axis.
