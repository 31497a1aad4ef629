//! The reference authorization server: the model behind HTTP.
