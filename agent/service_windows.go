package main

import (
	"context"

	"golang.org/x/sys/windows/svc"
)

// serviceName is what install.ps1 calls the service.
const serviceName = "ParleyAgent"

// asService runs under the service control manager, or plainly where a person
// has started the program.
func asService(ctx context.Context, do func(context.Context) error) error {
	is, err := svc.IsWindowsService()
	if err != nil || !is {
		return do(ctx)
	}
	s := &service{ctx: ctx, do: do}
	if err := svc.Run(serviceName, s); err != nil {
		return err
	}
	return s.err
}

type service struct {
	ctx context.Context
	do  func(context.Context) error
	err error
}

// Execute runs until the manager says stop. It is the svc.Handler of the agent.
func (s *service) Execute(_ []string, asked <-chan svc.ChangeRequest, states chan<- svc.Status) (bool, uint32) {
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- s.do(ctx) }()
	const accepted = svc.AcceptStop | svc.AcceptShutdown
	states <- svc.Status{State: svc.Running, Accepts: accepted}
	for {
		select {
		case s.err = <-done:
			states <- svc.Status{State: svc.StopPending}
			if s.err != nil {
				return false, 1
			}
			return false, 0
		case r := <-asked:
			switch r.Cmd {
			case svc.Interrogate:
				states <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				states <- svc.Status{State: svc.StopPending}
				stop()
			}
		}
	}
}
