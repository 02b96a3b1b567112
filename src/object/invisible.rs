//! Which characters a person does not see, or sees in another place than where they are.

/// Why a character is not seen for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invisible {
    /// It steers a terminal or a printer: C0, DEL and C1, tabs and line breaks among them.
    Control,
    /// It changes the direction in which the text around it is shown.
    Direction,
    /// It takes no room.
    ZeroWidth,
    /// It breaks a line for some readers and not for others: U+2028 and U+2029.
    Break,
    /// It is no character, and never will be: U+FFFE.
    Noncharacter,
}

impl Invisible {
    /// Returns why a character is not seen; none for one that is.
    ///
    /// The directions are Unicode's `Bidi_Control` property; the characters without width are its
    /// `Default_Ignorable_Code_Point`, without the selectors by which emoji get their colour.
    pub const fn of(it: char) -> Option<Self> {
        match it {
            ' '..='~' => None,
            '\0'..='\u{9f}' => Some(Self::Control),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                Some(Self::Direction)
            }
            '\u{2028}' | '\u{2029}' => Some(Self::Break),
            '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' => Some(Self::ZeroWidth),
            '\u{fdd0}'..='\u{fdef}' => Some(Self::Noncharacter),
            _ if it as u32 & 0xfffe == 0xfffe => Some(Self::Noncharacter),
            _ => None,
        }
    }
}

/// Returns how messages name a character: `U+202E`.
pub fn code_point(it: char) -> String {
    format!("U+{:04X}", u32::from(it))
}

#[cfg(test)]
mod tests {
    use super::{Invisible, code_point};

    #[test]
    fn tells_what_is_seen() {
        let check = |it, expected| assert_eq!(Invisible::of(it), expected, "{}", code_point(it));
        check('a', None);
        check(' ', None);
        check('é', None);
        check('😀', None);
        check('\u{fe0f}', None);
        check('\0', Some(Invisible::Control));
        check('\t', Some(Invisible::Control));
        check('\u{7f}', Some(Invisible::Control));
        check('\u{85}', Some(Invisible::Control));
        check('\u{202e}', Some(Invisible::Direction));
        check('\u{200b}', Some(Invisible::ZeroWidth));
        check('\u{feff}', Some(Invisible::ZeroWidth));
        check('\u{e0041}', Some(Invisible::ZeroWidth));
        check('\u{2028}', Some(Invisible::Break));
        check('\u{ffff}', Some(Invisible::Noncharacter));
        check('\u{1fffe}', Some(Invisible::Noncharacter));
    }
}
