package admission

import (
	"math"
	"time"
)

// A Level orders requests for shedding: the smaller, the longer it is served.
// From the highest bit down it is
//
//	class 2 | fresh 1 | cohort 7 | lot 22
//
// so P0 comes before P1 whatever else is true of them, and within a class the
// work in progress (fresh 0) comes before what is new. The lot is drawn for
// each request: with it a threshold may lie anywhere inside a cohort.
type Level uint32

// AllLevels as a threshold refuses nothing.
const AllLevels Level = math.MaxUint32

const (
	lotBits  = 22
	Buckets  = 1 << (32 - lotBits) // buckets of a Histogram: a level without its lot
	perClass = Buckets / Classes
	cohorts  = 128
	rotation = time.Hour // how long a cohort keeps its place
)

// LevelOf is the level of a request: its class, whether it goes on with work
// that was begun, its cohort (0 to 127) and the low 22 bits of a random lot.
func LevelOf(c Class, inProgress bool, cohort uint8, lot uint32) Level {
	fresh := uint32(1)
	if inProgress {
		fresh = 0
	}
	return Level(uint32(c)<<30 | fresh<<29 | uint32(cohort%cohorts)<<lotBits | lot&(1<<lotBits-1))
}

// Class is the class that the level was made with.
func (l Level) Class() Class { return Class(l >> 30) }

// Bucket is the place of the level in a Histogram.
func (l Level) Bucket() int { return int(l >> lotBits) }

// Cohort puts a subject (any hash of who it is) into one of 128 groups, anew
// each hour, so that in a long storm nobody is always the first to be shed.
// Source: DAGOR (Zhou et al., SoCC 2018), section 4.2.
func Cohort(subject uint64, now time.Time) uint8 {
	return uint8(mix(subject^mix(uint64(now.Unix()/int64(rotation/time.Second)))) % cohorts)
}

// A Histogram counts the requests of one tick by Level.Bucket, refused ones included.
type Histogram [Buckets]uint32

func (h *Histogram) total() int {
	n := 0
	for _, k := range h {
		n += int(k)
	}
	return n
}
