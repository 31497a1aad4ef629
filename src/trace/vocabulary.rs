//! Which apps and APIs the records of a run may name.

use crate::model::{ApiId, AppId};

/// The names that every policy of a run knows. Names stand in byte order, so that ids do too;
/// only an open vocabulary has them in the order of their first appearance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// The apps, in byte order.
    pub apps: Vec<String>,
    /// The APIs, in byte order.
    pub apis: Vec<String>,
    /// By app: the APIs that it uses under every policy.
    pub uses: Vec<Vec<ApiId>>,
    /// The app of a record that names none.
    pub default_app: Option<AppId>,
    /// Whether names that are not known are learned, and any app may use any API: for looking at
    /// a trace without a scenario.
    pub open: bool,
}

impl Vocabulary {
    /// A vocabulary that learns whatever a trace names. Records that name no app are of one
    /// without a name.
    pub fn open() -> Self {
        Self {
            apps: vec![String::new()],
            apis: Vec::new(),
            uses: Vec::new(),
            default_app: Some(AppId::new(0)),
            open: true,
        }
    }

    /// The app of that name.
    pub fn app(&self, name: &str) -> Option<AppId> {
        self.place(&self.apps, name).map(AppId::new)
    }

    /// The API of that name.
    pub fn api(&self, name: &str) -> Option<ApiId> {
        self.place(&self.apis, name).map(ApiId::new)
    }

    fn place(&self, names: &[String], name: &str) -> Option<usize> {
        if self.open {
            names.iter().position(|known| known == name)
        } else {
            names.binary_search_by(|known| known.as_str().cmp(name)).ok()
        }
    }
}
