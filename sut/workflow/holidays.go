package workflow

// A year of days off and of weekend days worked instead, each as MMDD or MMDD-MMDD.
type year struct {
	year      int
	off, work string
}

// holidays holds the years that the State Council has announced. Each year's notice comes late in the year before; the
// notices are State Council general office papers of 2019-11-21 and 2020-01-27 (Spring Festival 2020 made longer),
// 2020-11-25, 2021-10-25, 2022-12-08, 2023-10, 2024-11 and 2025-11. 2027 is not announced in the source.
// The facts were taken from NateScarlet/holiday-cn at d4e53bf (MIT, see NOTICE), which links each notice.
func holidays() []year {
	return []year{
		{2020, "0101 0124-0202 0404-0406 0501-0505 0625-0627 1001-1008", "0119 0203 0426 0509 0628 0927 1010"},
		{2021, "0101-0103 0211-0217 0403-0405 0501-0505 0612-0614 0919-0921 1001-1007", "0207 0220 0425 0508 0918 0926 1009"},
		{2022, "0101-0103 0131-0206 0403-0405 0430-0504 0603-0605 0910-0912 1001-1007 1231", "0129 0130 0402 0424 0507 1008 1009"},
		{2023, "0101-0102 0121-0127 0405 0429-0503 0622-0624 0929-1006", "0128 0129 0423 0506 0625 1007 1008"},
		{2024, "0101 0210-0217 0404-0406 0501-0505 0610 0915-0917 1001-1007", "0204 0218 0407 0428 0511 0914 0929 1012"},
		{2025, "0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008", "0126 0208 0427 0928 1011"},
		{2026, "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007", "0104 0214 0228 0509 0920 1010"},
	}
}
