//! Which apps and APIs the records of a run may name.

use crate::model::{ApiId, AppId};

/// The names that every policy of a run knows. Names stand in byte order, so that ids do too.
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
}

impl Vocabulary {
    /// The app of that name.
    pub fn app(&self, name: &str) -> Option<AppId> {
        self.apps.binary_search_by(|app| app.as_str().cmp(name)).ok().map(AppId::new)
    }

    /// The API of that name.
    pub fn api(&self, name: &str) -> Option<ApiId> {
        self.apis.binary_search_by(|api| api.as_str().cmp(name)).ok().map(ApiId::new)
    }
}
