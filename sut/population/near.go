package population

import (
	"math"
	"slices"
)

// Outlets are all outlets of a seed with an index over the map. It is never written after NewOutlets: goroutines may
// share it. It takes 1 MB.
type Outlets struct {
	seed uint64
	from [cells*cells + 1]int32 // where the outlets of a cell begin in at
	at   []spot                 // by cell, the outlets of a cell by index
}

// A spot is what a search reads of an outlet: its place on the unit sphere and what it offers.
type spot struct {
	x, y, z  float64
	outlet   int32
	services Services
}

// The grid divides the box into cells of a tenth of a degree: a town's outlets lie in some 40 of them.
const (
	cells = 200
	side  = (North - South) / cells // degrees; the box is as wide as it is high
)

// NewOutlets makes the outlets of a seed and their index. It takes about 10 ms: make it once, where it is needed first.
func NewOutlets(seed uint64) *Outlets {
	o := &Outlets{seed: seed, at: make([]spot, OutletCount)}
	spots, cell := make([]spot, OutletCount), make([]int, OutletCount)
	for i := range spots {
		one := outlet(seed, i)
		spots[i] = spot{outlet: int32(i), services: one.Services}
		spots[i].x, spots[i].y, spots[i].z = sphere(one.Lat, one.Lon)
		cell[i] = row(one.Lat)*cells + column(one.Lon)
		o.from[cell[i]+1]++
	}
	for c := range cells * cells {
		o.from[c+1] += o.from[c]
	}
	next := o.from
	for i, c := range cell {
		o.at[next[c]] = spots[i]
		next[c]++
	}
	return o
}

// At is outlet i of 0..[OutletCount]-1.
func (o *Outlets) At(i int) Outlet { return outlet(o.seed, i) }

// ByID is the outlet with an id such as L00001.
func (o *Outlets) ByID(id string) (Outlet, bool) {
	i, found := indexed(id, "L", 5, OutletCount)
	if !found {
		return Outlet{}, false
	}
	return o.At(i), true
}

// A Nearby is an outlet and how far it is.
type Nearby struct {
	Outlet
	Km float64 // on the great circle
}

// MostNearby is the most that one search gives.
const MostNearby = 100

// Near lists the n outlets nearest to a point that offer the services, the nearest first; of two as near the one of the
// lower index. A point outside the box stands for the nearest one on its edge. It gives fewer than n where there are no
// more, at most [MostNearby], and none for a point that is not a number.
func (o *Outlets) Near(lat, lon float64, s Services, n int) []Nearby {
	if math.IsNaN(lat) || math.IsNaN(lon) || n < 1 {
		return nil
	}
	lat, lon = within(lat, South, North), within(lon, West, East)
	found := search{n: min(n, MostNearby), want: s}
	found.x, found.y, found.z = sphere(lat, lon)
	r0, c0 := row(lat), column(lon)
	// Rings of cells around the point. What lies beyond ring k differs by k sides or more in latitude or longitude, so
	// the search ends when it has n that are nearer than that.
	for k := 0; k < cells; k++ {
		for r := max(r0-k, 0); r <= min(r0+k, cells-1); r++ {
			if r == r0-k || r == r0+k {
				o.look(&found, r, max(c0-k, 0), min(c0+k, cells-1))
				continue
			}
			if c0-k >= 0 {
				o.look(&found, r, c0-k, c0-k)
			}
			if c0+k < cells {
				o.look(&found, r, c0+k, c0+k)
			}
		}
		if found.full() && found.farthest() < beyond(lat, float64(k)*side) {
			break
		}
	}
	near := make([]Nearby, len(found.best))
	for i, b := range found.best {
		near[i] = Nearby{o.At(int(b.outlet)), 2 * earth * math.Asin(math.Sqrt(b.chord2)/2)}
	}
	return near
}

// look adds the outlets of the cells c0 to c1 of a row, which stand one after the other.
func (o *Outlets) look(found *search, r, c0, c1 int) {
	for _, s := range o.at[o.from[r*cells+c0]:o.from[r*cells+c1+1]] {
		if s.services.Has(found.want) {
			found.add(s)
		}
	}
}

// A search keeps the n best so far, the nearest first.
type search struct {
	x, y, z float64
	want    Services
	n       int
	best    []hit
}

type hit struct {
	chord2 float64 // square of the straight line through the unit sphere: no root, no sine, same order as the distance
	outlet int32
}

func (f *search) full() bool        { return len(f.best) == f.n }
func (f *search) farthest() float64 { return f.best[len(f.best)-1].chord2 }

func (f *search) add(s spot) {
	dx, dy, dz := f.x-s.x, f.y-s.y, f.z-s.z
	h := hit{dx*dx + dy*dy + dz*dz, s.outlet}
	if f.full() {
		if h.chord2 > f.farthest() || h.chord2 == f.farthest() && h.outlet > f.best[f.n-1].outlet {
			return
		}
		f.best = f.best[:f.n-1]
	}
	i := len(f.best)
	for i > 0 && (f.best[i-1].chord2 > h.chord2 || f.best[i-1].chord2 == h.chord2 && f.best[i-1].outlet > h.outlet) {
		i--
	}
	f.best = slices.Insert(f.best, i, h)
}

// beyond is the least squared chord from a point at a latitude to one that differs by some degrees in latitude, or by
// as many in longitude: the way to the meridian, asin(cos lat · sin degrees), is the shorter of the two.
func beyond(lat, degrees float64) float64 {
	way := math.Asin(math.Cos(radians(lat)) * math.Sin(radians(degrees)))
	half := math.Sin(way / 2)
	return 4 * half * half
}

const earth = 6371.0088 // km, mean radius (IUGG)

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

func sphere(lat, lon float64) (x, y, z float64) {
	a, b := radians(lat), radians(lon)
	return math.Cos(a) * math.Cos(b), math.Cos(a) * math.Sin(b), math.Sin(a)
}

func row(lat float64) int    { return min(int((lat-South)/side), cells-1) }
func column(lon float64) int { return min(int((lon-West)/side), cells-1) }
