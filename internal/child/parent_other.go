//go:build !linux

package child

import "syscall"

// dieWithParent has no equivalent outside Linux: there a killed drill leaves its children to the user.
func dieWithParent() *syscall.SysProcAttr { return nil }
