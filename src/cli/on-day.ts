/** A day as files and commands write it, in UTC: `2027-02-14`. @param seconds since 1970 */
export const onDay = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10)
