//! Two ways to write one thing: why a field that differs in git may be the same in the cluster.
//!
//! What each of them rests on stands in `docs/decisions/0013-what-counts-as-the-same.md`.

/// Why two values mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Equivalence {
    /// One amount in two units: `1000m` and `1`.
    Quantity,
    /// One time in two units: `60m` and `1h`.
    Duration,
    /// What the API server fills in by itself is written down, or no longer is.
    Default,
    /// A port by its name, and by the number that this name has.
    Port,
    /// The same items in another order, where whoever reads the list may see it.
    Order,
    /// The same JSON or YAML in another layout: whoever reads the text sees another text.
    Text,
}

impl Equivalence {
    /// Its name in every report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Duration => "duration",
            Self::Default => "default",
            Self::Port => "port",
            Self::Order => "order",
            Self::Text => "text",
        }
    }

    /// True where nothing in the cluster can tell the two apart. The content of a text and the order of a list are what
    /// they were, but a checksum of the text or a controller that compares the list still sees a change.
    pub const fn is_without_effect(self) -> bool {
        match self {
            Self::Quantity | Self::Duration | Self::Default | Self::Port => true,
            Self::Order | Self::Text => false,
        }
    }
}
