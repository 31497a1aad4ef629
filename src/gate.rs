//! Gates: bounds on figures, and whether they held.

/// How a figure stands to its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
}

/// Which number of a figure is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// The figure itself.
    Value,
    /// The lower end of its 95 % interval.
    Low,
    /// The upper end of its 95 % interval.
    High,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Less, Self::AtMost, Self::Greater, Self::AtLeast, Self::Equal];

    /// As it is written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Equal => "=",
        }
    }

    /// Whether `measured` stands so to `bound`; not a number stands in no way to anything.
    pub fn holds(self, measured: f64, bound: f64) -> bool {
        match self {
            Self::Less => measured < bound,
            Self::AtMost => measured <= bound,
            Self::Greater => measured > bound,
            Self::AtLeast => measured >= bound,
            Self::Equal => measured == bound,
        }
    }
}

impl Statistic {
    /// As it ends a figure's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Low => ".low",
            Self::High => ".high",
        }
    }
}
