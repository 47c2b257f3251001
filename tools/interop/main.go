// Command interop drives a running `terraform-provider-backup serve` with Microsoft's Go modules, and writes one row for
// each operation: client, operation, result, milliseconds and, of a failure, the error, with tabs between them.
//
// scripts/interop.sh starts it and says where the service is, in the environment: BACKUP_ENDPOINT, BACKUP_SECRET,
// BACKUP_SUBSCRIPTION, BACKUP_TENANT, BACKUP_REGION, BACKUP_MACHINE, and SSL_CERT_FILE for its certificate.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"
)

// The names of the clients in the table: the modules and their versions.
var (
	identityClient = moduleName("azidentity")
	vaultsClient   = moduleName("armrecoveryservices")
	backupClient   = moduleName("armrecoveryservicesbackup")
)

func moduleName(name string) string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if strings.Contains(module.Path+"/", "/"+name+"/") {
			return "go " + name + " " + strings.TrimPrefix(module.Version, "v")
		}
	}
	return "go " + name
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := connect()
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
	s.signIn(ctx)
	s.createVault(ctx)
	s.backUp(ctx)
	s.deleteVaults(ctx)
}

// service is the service that is driven, and what is made in it.
type service struct {
	credential *azidentity.ClientSecretCredential
	scope      string
	vaults     *armrecoveryservices.ClientFactory
	backup     *backup.ClientFactory

	region, group, vault string
	machine              string
	container, item      string
}

// pollOften is for operations that the service says nothing about; of those that it does its Retry-After counts.
var pollOften = &runtime.PollUntilDoneOptions{Frequency: time.Second}

func connect() (*service, error) {
	setting := map[string]string{}
	for _, name := range []string{"ENDPOINT", "SECRET", "SUBSCRIPTION", "TENANT", "REGION", "MACHINE"} {
		if setting[name] = os.Getenv("BACKUP_" + name); setting[name] == "" {
			return nil, fmt.Errorf("BACKUP_%s is not set; scripts/interop.sh sets it", name)
		}
	}
	endpoint := setting["ENDPOINT"]
	options := policy.ClientOptions{Cloud: cloud.Configuration{
		ActiveDirectoryAuthorityHost: endpoint,
		Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {Endpoint: endpoint, Audience: endpoint},
		},
	}}
	// Without DisableInstanceDiscovery the module would ask Microsoft whether the login endpoint can be trusted.
	credential, err := azidentity.NewClientSecretCredential(setting["TENANT"], "interop-go", setting["SECRET"],
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		return nil, err
	}
	s := &service{
		credential: credential, scope: endpoint + "/.default",
		region: setting["REGION"], group: "interop-go", vault: "go-vault", machine: setting["MACHINE"],
	}
	if s.vaults, err = armrecoveryservices.NewClientFactory(setting["SUBSCRIPTION"], credential, &arm.ClientOptions{ClientOptions: options}); err != nil {
		return nil, err
	}
	if s.backup, err = backup.NewClientFactory(setting["SUBSCRIPTION"], credential, &arm.ClientOptions{ClientOptions: options}); err != nil {
		return nil, err
	}
	id, err := arm.ParseResourceID(s.machine)
	if err != nil {
		return nil, fmt.Errorf("BACKUP_MACHINE: %w", err)
	}
	pair := "iaasvmcontainerv2;" + id.ResourceGroupName + ";" + id.Name
	s.container, s.item = "iaasvmcontainer;"+pair, "vm;"+pair
	return s, nil
}

// row runs an operation and writes how it went.
func row(client, operation string, run func() error) {
	started := time.Now()
	err := run()
	result, detail := "ok", ""
	if err != nil {
		result, detail = "FAILED", strings.Join(strings.Fields(err.Error()), " ")
	}
	fmt.Printf("%s\t%s\t%s\t%d\t%s\n", client, operation, result, time.Since(started).Milliseconds(), detail)
}

// refused is row for what the service has to refuse with the code.
func refused(client, operation, code string, run func() error) {
	row(client, operation+", refused with "+code, func() error {
		err := run()
		if e, ok := errors.AsType[*azcore.ResponseError](err); ok {
			return expect("code", &e.ErrorCode, code)
		}
		if err == nil {
			return errors.New("it was not refused")
		}
		return err
	})
}

func (s *service) signIn(ctx context.Context) {
	row(identityClient, "ClientSecretCredential.GetToken", func() error {
		_, err := s.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{s.scope}})
		return err
	})
}

// expect fails when an answer is not what it has to be.
func expect[T comparable](what string, got *T, want T) error {
	switch {
	case got == nil:
		return fmt.Errorf("%s is missing, want %v", what, want)
	case *got != want:
		return fmt.Errorf("%s is %v, want %v", what, *got, want)
	}
	return nil
}

// all reads every page of a list.
func all[T any](ctx context.Context, pager *runtime.Pager[T]) ([]T, error) {
	var pages []T
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}
