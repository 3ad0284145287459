package workflow

import (
	"fmt"
	"strings"
)

// Roles is a set of roles; a role is a set of one. Write Citizen|Clerk.
type Roles uint16

// The roles of the service. System is the service itself: its clocks, its schedule and what it checks.
const (
	Citizen Roles = 1 << iota
	Employer
	Hospital
	Bank
	Clerk
	Reviewer
	Auditor
	Operator
	System
)

// roleNames stand in the order of the constants.
func roleNames() [9]string {
	return [...]string{"citizen", "employer", "hospital", "bank", "clerk", "reviewer", "auditor", "operator", "system"}
}

// Has tells whether every role of r is in the set. No set has the empty one.
func (s Roles) Has(r Roles) bool { return r != 0 && s&r == r }

// String gives "citizen, clerk", in the order of the constants.
func (s Roles) String() string {
	var names []string
	for i, name := range roleNames() {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// ParseRole reads one role.
func ParseRole(name string) (Roles, error) {
	names := roleNames()
	for i, n := range names {
		if n == name {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("role %q: want one of %s", name, strings.Join(names[:], ", "))
}
