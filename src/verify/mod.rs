//! Lockstep: each record of a trace met by a real provider and by the model, and the two compared.
