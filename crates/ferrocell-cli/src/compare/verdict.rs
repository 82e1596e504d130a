//! What a comparison says about one cell.

/// The judgement on a cell of one column against the reference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// The outputs are the same, by a rule that is named unless it is the strictest.
    Agrees(Option<String>),
    /// The outputs part, and where.
    Differs(String),
    /// A cell did not run to an end that can be compared.
    Failed(String),
    /// Not compared, and why.
    NotCompared(String),
    /// Judged together with the named cell.
    JudgedWith(String),
}

impl Verdict {
    /// Whether the comparison fails by it.
    pub(crate) fn is_disagreement(&self) -> bool {
        matches!(self, Self::Differs(_) | Self::Failed(_))
    }

    /// One word for it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Agrees(_) => "agrees",
            Self::Differs(_) => "differs",
            Self::Failed(_) => "failed",
            Self::NotCompared(_) => "not compared",
            Self::JudgedWith(_) => "judged with another",
        }
    }

    /// The word for several of them.
    pub(crate) fn plural(&self) -> &'static str {
        match self {
            Self::Agrees(_) => "agree",
            Self::Differs(_) => "differ",
            Self::Failed(_) => "failed",
            Self::NotCompared(_) => "not compared",
            Self::JudgedWith(_) => "judged with another",
        }
    }

    /// Why it is so, where there is anything to say.
    pub(crate) fn reason(&self) -> Option<String> {
        match self {
            Self::Agrees(rule) => rule.clone(),
            Self::Differs(reason) | Self::Failed(reason) | Self::NotCompared(reason) => {
                Some(reason.clone())
            }
            Self::JudgedWith(cell) => Some(format!("see `{cell}`")),
        }
    }
}
