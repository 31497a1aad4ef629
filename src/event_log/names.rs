//! Names to places in the description's tables, and back.

use crate::description::Description;
use crate::model::{ApiId, AppId};

/// The names that rows may use.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) policies: Table,
    apps: Table,
    apis: Table,
}

/// Names by place, and places by name.
#[derive(Debug)]
pub(super) struct Table {
    names: Vec<Box<str>>,
    /// Places, in the byte order of their names.
    order: Vec<u32>,
}

impl Names {
    /// The names of a run.
    ///
    /// # Errors
    /// If a name is empty or stands twice, or if there are more than ids can count.
    pub(super) fn new(description: &Description) -> Result<Self, String> {
        let policies = description.policies.iter().map(|policy| policy.name.as_str());
        Ok(Self {
            policies: Table::new("policy", policies)?,
            apps: Table::new("app", description.apps.iter().map(String::as_str))?,
            apis: Table::new("API", description.apis.iter().map(String::as_str))?,
        })
    }

    pub(super) fn app(&self, app: AppId) -> Option<&str> {
        self.apps.name(app.index())
    }

    pub(super) fn api(&self, api: ApiId) -> Option<&str> {
        self.apis.name(api.index())
    }

    pub(super) fn find_app(&self, name: &str) -> Option<AppId> {
        self.apps.find(name).map(AppId::new)
    }

    pub(super) fn find_api(&self, name: &str) -> Option<ApiId> {
        self.apis.find(name).map(ApiId::new)
    }
}

impl Table {
    fn new<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let names: Vec<Box<str>> = names.map(Box::from).collect();
        if names.len() > usize::from(u16::MAX) {
            return Err(format!("{} names of {what} are more than a run can have", names.len()));
        }
        let mut order: Vec<u32> = (0..names.len() as u32).collect();
        order.sort_by_key(|&place| &names[place as usize]);
        let twice = order.windows(2).find(|two| names[two[0] as usize] == names[two[1] as usize]);
        if let Some(two) = twice {
            return Err(format!("{what} {:?} stands twice", names[two[0] as usize]));
        }
        if names.iter().any(|name| name.is_empty()) {
            return Err(format!("{what} \"\" is no name"));
        }
        Ok(Self { names, order })
    }

    /// The name at that place.
    #[inline]
    pub(super) fn name(&self, place: usize) -> Option<&str> {
        self.names.get(place).map(|name| &**name)
    }

    /// The place of that name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let found = self.order.binary_search_by(|&place| (*self.names[place as usize]).cmp(name));
        found.ok().map(|index| self.order[index] as usize)
    }
}
