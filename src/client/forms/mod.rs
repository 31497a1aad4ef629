//! The form driver: what a person would type and click on a provider's pages.
//!
//! Nothing here knows any provider. A field of type password gets the password, the field for the
//! user's name that name; hidden fields go back as they came; on a page without either the button
//! that does not refuse is pressed. Where that is not enough, the scenario's field map says more.

mod fill;
mod page;

#[cfg(test)]
mod tests;

pub use fill::{Credentials, Fields, Filled, FormError, Step, answer};
pub use page::{Field, FieldKind, Form, Page, read};
