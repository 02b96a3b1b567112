//! A day of the calendar. Nothing here asks what day it is.

use std::fmt;

/// A day, `2026-12-31`, from the year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Date {
    /// Reads a day as RFC 3339 writes it. Says what is wrong where there is no such day.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number = |part: &str, length: usize| {
            let plain = part.len() == length && part.bytes().all(|it| it.is_ascii_digit());
            plain.then(|| part.parse::<u32>().ok()).flatten()
        };
        let parts: Vec<&str> = text.split('-').collect();
        let &[year, month, day] = parts.as_slice() else { return Err(SHAPE.to_owned()) };
        let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
            return Err(SHAPE.to_owned());
        };
        if year == 0 {
            return Err("there is no year 0".to_owned());
        }
        let Some(name) = usize::try_from(month).ok().and_then(|it| MONTHS.get(it.checked_sub(1)?)) else {
            return Err(format!("there is no month {month}"));
        };
        let days = days_in(year, month);
        if !(1..=days).contains(&day) {
            return Err(format!("{name} {year} has {days} days"));
        }
        Ok(Self { year, month, day })
    }

    /// Returns the day that is so many days after 1970-01-01; none beyond the year 9999.
    pub fn from_days(mut days: u64) -> Option<Self> {
        let mut year = 1970;
        while days >= u64::from(days_before(year + 1, 1) - days_before(year, 1)) {
            days -= u64::from(days_before(year + 1, 1) - days_before(year, 1));
            year += 1;
            if year > 9999 {
                return None;
            }
        }
        let mut month = 1;
        while days >= u64::from(days_in(year, month)) {
            days -= u64::from(days_in(year, month));
            month += 1;
        }
        Some(Self { year, month, day: u32::try_from(days).unwrap_or(0) + 1 })
    }

    /// Returns how many days lie between this day and a later one; none where the other is earlier.
    pub fn days_until(self, later: Self) -> Option<u32> {
        later.number().checked_sub(self.number())
    }

    fn number(self) -> u32 {
        days_before(self.year, self.month) + self.day
    }
}

const SHAPE: &str = "a date is written as year, month and day: \"2026-12-31\"";

/// Returns how many days there were before the first of a month, counted from the year 1.
fn days_before(year: u32, month: u32) -> u32 {
    let before = year - 1;
    before * 365 + before / 4 - before / 100 + before / 400 + (1..month).map(|it| days_in(year, it)).sum::<u32>()
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, SHAPE};

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn knows_the_calendar() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let read = Date::parse(text).map(|it| it.to_string());
            assert_eq!(read.as_deref().map_err(String::as_str), expected, "{text}");
        };
        for text in ["2026-12-31", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            check(text, Ok(text));
        }
        check("2026-02-30", Err("February 2026 has 28 days"));
        check("1900-02-29", Err("February 1900 has 28 days"));
        check("2026-04-31", Err("April 2026 has 30 days"));
        check("2026-01-00", Err("January 2026 has 31 days"));
        check("2026-13-01", Err("there is no month 13"));
        check("2026-00-01", Err("there is no month 0"));
        check("0000-01-01", Err("there is no year 0"));
        for text in ["", "31.12.2026", "2026-12", "2026-1-1", "26-12-31", "2026-12-31T00:00:00Z", "+026-12-31", "a-b-c"]
        {
            check(text, Err(SHAPE));
        }
    }

    #[test]
    fn counts_days() {
        assert_eq!(Date::from_days(0), Some(date("1970-01-01")));
        assert_eq!(Date::from_days(19_782), Some(date("2024-02-29")));
        assert_eq!(Date::from_days(19_783), Some(date("2024-03-01")));
        assert_eq!(Date::from_days(2_932_896), Some(date("9999-12-31")));
        assert_eq!(Date::from_days(2_932_897), None);
        assert_eq!(Date::from_days(u64::MAX), None);
        assert_eq!(date("2026-12-31").days_until(date("2027-01-01")), Some(1));
        assert_eq!(date("2024-02-28").days_until(date("2024-03-01")), Some(2));
        assert_eq!(date("2026-12-31").days_until(date("2026-12-31")), Some(0));
        assert_eq!(date("2026-12-31").days_until(date("2026-12-30")), None);
    }
}
