package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/turnserver/fleet"
	"github.com/parleychat/parley/turnserver/relay"
)

// findAddress learns the address to advertise from whoever TURN_PUBLIC_IP_FROM
// names.
func findAddress(ctx context.Context, s *settings) error {
	if s.publicFrom == "" {
		return nil
	}
	address, err := fleet.Address(ctx, s.publicFrom)
	if err != nil {
		return fmt.Errorf("TURN_PUBLIC_IP_FROM: %w", err)
	}
	s.relay.Public = []netip.Addr{address}
	return nil
}

// join lists the server in the table of TURN_REGISTER_TABLE until leave is
// called. Without such a table nothing happens.
func join(ctx context.Context, s settings, server *relay.Server) (leave func(), err error) {
	if s.registerTable == "" {
		return func() {}, nil
	}
	if len(s.relay.Public) == 0 {
		return nil, fmt.Errorf("TURN_REGISTER_TABLE needs TURN_PUBLIC_IP or TURN_PUBLIC_IP_FROM")
	}
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", err)
	}
	member := fleet.Member{
		Relay: ice.Relay{
			ID:      uuid.NewString(),
			Address: netip.AddrPortFrom(s.relay.Public[0], s.relay.Listen[0].Port()).String(),
		},
		List:        dynamo.Relays{Table: dynamo.Table{Client: dynamodb.NewFromConfig(aws), Name: s.registerTable, Now: time.Now}},
		Allocations: server.AllocationCount,
		Agent:       os.Getenv("ECS_AGENT_URI"),
		Every:       fleet.Beat,
		Log:         s.relay.Log,
	}
	ctx, cancel := context.WithCancel(ctx)
	var living sync.WaitGroup
	living.Go(func() { member.Live(ctx) })
	return func() { cancel(); living.Wait() }, nil
}
