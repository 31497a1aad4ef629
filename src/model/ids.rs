//! Who and what, as small dense numbers; names live with the trace and the scenario.

macro_rules! id {
    ($(#[$about:meta])* $name:ident($inner:ty)) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($inner);

        impl $name {
            /// The id that stands at `index` of its table.
            ///
            /// # Panics
            /// If the table is larger than ids can count; readers refuse such input before.
            #[inline]
            pub fn new(index: usize) -> Self {
                Self(<$inner>::try_from(index).expect("more of them than an id can count"))
            }

            /// The id of that number.
            #[inline]
            pub const fn from_number(number: $inner) -> Self {
                Self(number)
            }

            /// Where it stands in its table.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A person: the unit of independence.
    UserId(u32)
);
id!(
    /// One (user, device): it has at most one IdP session at a time, and its own tokens.
    AgentId(u32)
);
id!(
    /// An application (OAuth client). Ids follow the names' byte order, because
    /// timers due at once run in that order (SPEC 5).
    AppId(u16)
);
id!(
    /// A resource server (audience). Ids follow the names' byte order, as an [`AppId`]'s do.
    ApiId(u16)
);
