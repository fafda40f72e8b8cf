/** Whether the last of these digits is the check digit of the others (ISO/IEC 7812-1, Luhn). */
export function luhn(digits: string): boolean {
  const sum = Array.from(digits)
    .reverse()
    .reduce((sum, digit, i) => {
      const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
      return sum + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
