package model

import "slices"

// A LagSet is which values before a value it may depend on, for the two
// shortest seasons; a season is 0 where there is none. Lags rise and are > 0.
type LagSet func(day, week int) []int

// Few lags: the last two steps and round both seasons.
func Few(day, week int) []int {
	return lags(span(1, 2), around(day, 0, 1), around(week, 0, 1))
}

// Round are lags just before, round the seasons and at whole days.
func Round(day, week int) []int {
	return lags(span(1, 6), around(day/2, 0, 0), around(day, 1, 2), around(2*day, 1, 1),
		days(day, week, 3, 5), around(week-day, 1, 1), around(week, 1, 1))
}

// Full are all of the last day and a step to both sides of each day of the week.
func Full(day, week int) []int {
	set := lags(span(1, day+3), around(week, 1, 2))
	for k := 2; k*day <= max(week, 2*day) && k <= 7; k++ {
		set = append(set, around(k*day, 1, 1)...)
	}
	return lags(set)
}

func span(from, to int) []int {
	var set []int
	for l := from; l <= to; l++ {
		set = append(set, l)
	}
	return set
}

// around is a season and so many steps to either side; none without the season.
func around(season, before, after int) []int {
	if season <= 1 {
		return nil
	}
	return span(max(season-before, 1), season+after)
}

// days are whole days inside the week.
func days(day, week, from, to int) []int {
	var set []int
	for k := from; k <= to && k*day < week; k++ {
		set = append(set, k*day)
	}
	return set
}

func lags(sets ...[]int) []int {
	all := slices.Concat(sets...)
	slices.Sort(all)
	return slices.Compact(all)
}
