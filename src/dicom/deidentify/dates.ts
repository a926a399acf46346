/** Moves DICOM dates and times (PS3.5 section 6.2: DA, TM, DT); what is no date gives undefined. */
import type { DateShift } from "./pseudonyms.js";

const day = 86_400;
const two = (n: number) => String(n).padStart(2, "0");

interface Clock {
  readonly seconds: number;
  /** Digits of the time that were given: 2 (hours) to 6 (seconds). */
  readonly digits: number;
  readonly fraction: string;
}

/** `HH`, `HHMM`, `HHMMSS` or `HHMMSS.F…`, also with the colons of older files. */
function parseClock(text: string): Clock | undefined {
  const match = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(\.\d{1,6})?)?)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, hours, minutes = "00", seconds = "00", fraction = ""] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const digits = match[3] === undefined ? (match[2] === undefined ? 2 : 4) : 6;
  return { seconds: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds), digits, fraction };
}

function clockText(seconds: number, { digits, fraction }: Clock): string {
  const rest = ((seconds % day) + day) % day;
  const all = two(Math.floor(rest / 3600)) + two(Math.floor(rest / 60) % 60) + two(rest % 60);
  return all.slice(0, digits) + fraction;
}

/** Days since 1970 of `YYYYMMDD` or the older `YYYY.MM.DD`. */
function parseDate(text: string): number | undefined {
  const match = /^(\d{4})([.-]?)(\d{2})\2(\d{2})$/.exec(text.trim());
  if (!match) return undefined;
  const [year, month, date] = [match[1], match[3], match[4]].map(Number);
  const moment = new Date(Date.UTC(year, month - 1, date));
  moment.setUTCFullYear(year, month - 1, date);
  const exists = moment.getUTCMonth() === month - 1 && moment.getUTCDate() === date;
  return exists && year > 20 ? moment.getTime() / (day * 1000) : undefined;
}

function dateText(days: number): string {
  const moment = new Date(days * day * 1000);
  const year = String(moment.getUTCFullYear()).padStart(4, "0");
  return year + two(moment.getUTCMonth() + 1) + two(moment.getUTCDate());
}

/** A date; `time`, if it has one, decides whether it passes midnight. */
export function shiftDate(date: string, time: string | undefined, shift: DateShift): string | undefined {
  const days = parseDate(date);
  const clock = time === undefined ? undefined : parseClock(time);
  if (days === undefined) return undefined;
  return dateText(days + shift.days + (clock && clock.seconds + shift.seconds >= day ? 1 : 0));
}

export function shiftTime(time: string, shift: DateShift): string | undefined {
  const clock = parseClock(time);
  return clock && clockText(clock.seconds + shift.seconds, clock);
}

/** `YYYYMMDD[HHMMSS.F][&ZZXX]`; the offset from UTC is left out, since it names a region. Years and months alone are no date. */
export function shiftDateTime(text: string, shift: DateShift): string | undefined {
  const match = /^(\d{8})(\d{2,6}(?:\.\d{1,6})?)?([+-]\d{4})?$/.exec(text.trim());
  if (!match) return undefined;
  const [, date, time] = match;
  const shifted = shiftDate(date, time, shift);
  const clock = time === undefined ? "" : shiftTime(time, shift);
  return shifted === undefined || clock === undefined ? undefined : shifted + clock;
}
