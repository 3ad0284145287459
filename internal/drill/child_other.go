//go:build !linux

package drill

import "syscall"

// dieWithParent has no equivalent outside Linux: there a killed drill leaves its children to the user.
func dieWithParent() *syscall.SysProcAttr { return nil }
