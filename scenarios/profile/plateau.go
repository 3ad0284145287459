package profile

import "time"

// A Plateau is a stretch of constant load, where a service can come to rest and be measured.
type Plateau struct {
	From, To time.Duration // on the clock of the profile
	Rate     float64       // arrivals per second, > 0
}

// Plateaus finds the longest stretches of constant load above zero, in order. It knows the profiles of this package; others
// have none.
func Plateaus(p Profile) []Plateau {
	var loaded []Plateau
	for _, flat := range flats(p) {
		if flat.Rate > 0 {
			loaded = append(loaded, flat)
		}
	}
	return loaded
}

// flats are the stretches of constant load, those of zero with them.
func flats(p Profile) []Plateau {
	switch p := p.(type) {
	case Line:
		if p.From == p.To && p.For > 0 {
			return []Plateau{{0, p.For, p.From}}
		}
	case Decay:
		if p.From == p.To && p.For > 0 {
			return []Plateau{{0, p.For, p.From}}
		}
	case Sequence:
		var all []Plateau
		for _, part := range p.parts {
			for _, flat := range flats(part.Profile) {
				all = join(all, Plateau{part.from + flat.From, part.from + flat.To, flat.Rate})
			}
		}
		return all
	case Sum:
		all := []Plateau{{0, p.Length(), 0}}
		for _, q := range p {
			all = overlap(all, append(flats(q), Plateau{q.Length(), p.Length(), 0}))
		}
		return all
	}
	return nil
}

// join adds a stretch, as part of the last one where that goes on at the same rate.
func join(all []Plateau, next Plateau) []Plateau {
	if n := len(all); n > 0 && all[n-1].To == next.From && all[n-1].Rate == next.Rate {
		all[n-1].To = next.To
		return all
	}
	return append(all, next)
}

// overlap is where both are constant, at the sum of their rates. Both are in order.
func overlap(a, b []Plateau) (both []Plateau) {
	for len(a) > 0 && len(b) > 0 {
		from, to := max(a[0].From, b[0].From), min(a[0].To, b[0].To)
		if from < to {
			both = join(both, Plateau{from, to, a[0].Rate + b[0].Rate})
		}
		if a[0].To == to {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}
