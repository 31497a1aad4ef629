//! The `relogin` command.

fn main() {}
