//! Schedules as `ParseStandard` of `github.com/robfig/cron` reads them: five fields, or `@daily` and its like.

/// The times at which a schedule runs, as far as a calendar decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schedule {
    /// One bit for each number that a field names.
    Fields {
        /// Minute and hour.
        time: [u64; 2],
        /// Day of the month.
        day: u64,
        /// Month.
        month: u64,
        /// Day of the week; none where it is any.
        weekday: Option<u64>,
    },
    /// Again after so long.
    Every,
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// What is wrong, in the parser's words.
    pub(super) what: String,
    /// What to do, where there is more to say than what a schedule looks like.
    pub(super) help: Option<&'static str>,
}

struct Bounds {
    low: u32,
    high: u32,
    names: &'static [&'static str],
    /// What to do about a number that is out of bounds.
    help: Option<&'static str>,
}

const MINUTE: Bounds = Bounds { low: 0, high: 59, names: &[], help: None };
const HOUR: Bounds = Bounds { low: 0, high: 23, names: &[], help: Some("midnight is 0") };
const DAY: Bounds = Bounds { low: 1, high: 31, names: &[], help: None };
const MONTH: Bounds = Bounds {
    low: 1,
    high: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    help: None,
};
const WEEKDAY: Bounds =
    Bounds { low: 0, high: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"], help: Some("Sunday is 0") };

const DESCRIPTORS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const LAST_DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl Schedule {
    /// Reads a schedule.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        if text.starts_with('@') {
            return descriptor(text);
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minute, hour, day, month, weekday] = fields.as_slice() else {
            let what = format!("expected exactly 5 fields, found {}: [{}]", fields.len(), fields.join(" "));
            return Err(Fault { what, help: (fields.len() == 6).then_some("leave the seconds out") });
        };
        let time = [bits(minute, &MINUTE)?.0, bits(hour, &HOUR)?.0];
        let ((day, any_day), (month, _)) = (bits(day, &DAY)?, bits(month, &MONTH)?);
        let (weekday, any_weekday) = bits(weekday, &WEEKDAY)?;
        // With both restricted, a day that is one of either will do; with one free, the other decides.
        let weekday = (!any_weekday && !any_day).then_some(weekday);
        Ok(Self::Fields { time, day, month, weekday })
    }

    /// True where some day of some year is named.
    pub(super) fn ever_runs(self) -> bool {
        let Self::Fields { time, day, month, weekday } = self else { return true };
        if time.contains(&0) || month == 0 {
            return false;
        }
        let exists = |(index, last): (usize, &u32)| {
            let is_named = month >> (index + 1) & 1 == 1;
            is_named && (1..=*last).any(|it| day >> it & 1 == 1)
        };
        weekday.is_some_and(|it| it != 0) || LAST_DAYS.iter().enumerate().any(exists)
    }
}

fn descriptor(text: &str) -> Result<Schedule, Fault> {
    if DESCRIPTORS.contains(&text) {
        return Ok(Schedule::Every);
    }
    match text.strip_prefix("@every ") {
        Some(duration) if is_duration(duration) => Ok(Schedule::Every),
        Some(_) => Err(Fault {
            what: format!("failed to parse duration {text}"),
            help: Some("write hours, minutes and seconds: `@every 1h30m`"),
        }),
        None => Err(Fault {
            what: format!("unrecognized descriptor: {text}"),
            help: Some("there are `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` and `@every 1h`"),
        }),
    }
}

/// True for what Go's `time.ParseDuration` takes, but for what would not fit.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let plain = number.bytes().any(|it| it.is_ascii_digit()) && number.matches('.').count() <= 1;
        let units = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
        let end = after.find(|it: char| it.is_ascii_digit() || it == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        if !plain || !units.contains(&unit) {
            return false;
        }
        rest = after;
    }
    true
}

/// Returns the numbers that a field names, and whether it leaves them free. A star with a step does not.
fn bits(field: &str, bounds: &Bounds) -> Result<(u64, bool), Fault> {
    let (mut all, mut free) = (0, false);
    for range in field.split(',').filter(|it| !it.is_empty()) {
        let (numbers, star) = self::range(range, bounds)?;
        all |= numbers;
        free |= star;
    }
    Ok((all, free))
}

fn range(text: &str, bounds: &Bounds) -> Result<(u64, bool), Fault> {
    let fault = |what: String| Err(Fault { what, help: None });
    let (ends, step) = match text.split('/').collect::<Vec<_>>().as_slice() {
        [ends] => (*ends, None),
        [ends, step] => (*ends, Some(*step)),
        _ => return fault(format!("too many slashes: {text}")),
    };
    let parts: Vec<&str> = ends.split('-').collect();
    let star = matches!(parts[0], "*" | "?");
    let (start, end) = match parts.as_slice() {
        _ if star => (bounds.low, bounds.high),
        [one] if step.is_some() => (number(one, bounds.names)?, bounds.high),
        [one] => (number(one, bounds.names)?, number(one, bounds.names)?),
        [low, high] => (number(low, bounds.names)?, number(high, bounds.names)?),
        _ => return fault(format!("too many hyphens: {text}")),
    };
    let step = step.map_or(Ok(1), |it| number(it, &[]))?;
    let (low, high) = (bounds.low, bounds.high);
    let what = if start < low {
        format!("beginning of range ({start}) below minimum ({low}): {text}")
    } else if end > high {
        format!("end of range ({end}) above maximum ({high}): {text}")
    } else if start > end {
        format!("beginning of range ({start}) beyond end of range ({end}): {text}")
    } else if step == 0 {
        format!("step of range should be a positive number: {text}")
    } else {
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        let numbers = (start..=end).step_by(step).fold(0, |all, it| all | 1_u64 << it);
        return Ok((numbers, star && step == 1));
    };
    Err(Fault { what, help: bounds.help.filter(|_| end == high + 1) })
}

fn number(text: &str, names: &[&str]) -> Result<u32, Fault> {
    if let Some(at) = names.iter().position(|it| it.eq_ignore_ascii_case(text)) {
        // Months count from 1, days of the week from 0.
        return Ok(u32::try_from(at).unwrap_or(0) + u32::from(names.len() == 12));
    }
    text.parse().map_err(|_| Fault { what: format!("failed to parse int from {text}"), help: None })
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn reads_what_the_server_reads() {
        for text in [
            "* * * * *",
            "*/15 0-5 1,15 JAN-mar sun",
            "0 3 * * ?",
            "5/10 * * * *",
            "0  3\t* * 6",
            "+5 * * * *",
            "1,,2 * * * *",
            "0-59/100 * * * *",
            "@hourly",
            "@every 1h30m",
            "@every 1.5s",
            "@every -1h",
            "@every 0",
        ] {
            assert!(Schedule::parse(text).is_ok_and(Schedule::ever_runs), "{text}");
        }
    }

    #[test]
    fn refuses_what_the_server_refuses() {
        let check = |text: &str, what: &str, help: Option<&str>| {
            let fault = Schedule::parse(text).unwrap_err();
            assert!(fault.what.contains(what) && fault.help == help, "{text}: {fault:?}");
        };
        check("* * * *", "expected exactly 5 fields, found 4: [* * * *]", None);
        check("0 0 3 * * *", "expected exactly 5 fields, found 6", Some("leave the seconds out"));
        check("60 * * * *", "end of range (60) above maximum (59): 60", None);
        check("0 24 * * *", "end of range (24) above maximum (23): 24", Some("midnight is 0"));
        check("0 0 0 * *", "beginning of range (0) below minimum (1): 0", None);
        check("0 0 32 * *", "end of range (32) above maximum (31): 32", None);
        check("0 0 * 13 *", "end of range (13) above maximum (12): 13", None);
        check("0 0 * * 7", "end of range (7) above maximum (6): 7", Some("Sunday is 0"));
        check("0 0 * * monday", "failed to parse int from monday", None);
        check("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1", None);
        check("*/0 * * * *", "step of range should be a positive number: */0", None);
        check("1-2-3 * * * *", "too many hyphens: 1-2-3", None);
        check("*/1/2 * * * *", "too many slashes: */1/2", None);
        check("-1 * * * *", "failed to parse int from ", None);
        check("a * * * *", "failed to parse int from a", None);
        assert!(Schedule::parse("@every 1d").unwrap_err().what.contains("failed to parse duration @every 1d"));
        for text in ["@every", "@every ", "@every 1", "@Daily", "@daily ", "@reboot", "@every 1h 5m"] {
            assert!(Schedule::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn knows_which_days_there_are() {
        let check =
            |text: &str, expected: bool| assert_eq!(Schedule::parse(text).unwrap().ever_runs(), expected, "{text}");
        check("0 0 29 2 *", true);
        check("0 0 30 2 *", false);
        check("0 0 31 4,6,9,11 *", false);
        check("0 0 31 4,5 *", true);
        // Either the day or the weekday.
        check("0 0 30 2 1", true);
        // A star with a step is no longer any day.
        check("0 0 30 2 */2", true);
        check(", * * * *", false);
    }
}
