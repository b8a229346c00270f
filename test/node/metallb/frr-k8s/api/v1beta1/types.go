// Package v1beta1 has the names of frr-k8s' API that MetalLB is compiled with. MetalLB uses them only when it announces
// addresses by BGP through frr-k8s, which it does not here.
package v1beta1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion is that of the custom resource.
var GroupVersion = schema.GroupVersion{Group: "frrk8s.metallb.io", Version: "v1beta1"}

// AddToScheme makes the kinds known.
func AddToScheme(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &FRRConfiguration{}, &FRRConfigurationList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}

type (
	// FRRConfiguration is the custom resource.
	FRRConfiguration struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata,omitempty"`
		Spec              FRRConfigurationSpec `json:"spec,omitempty"`
	}

	// FRRConfigurationList is a list of them.
	FRRConfigurationList struct {
		metav1.TypeMeta `json:",inline"`
		metav1.ListMeta `json:"metadata,omitempty"`
		Items           []FRRConfiguration `json:"items"`
	}

	FRRConfigurationSpec struct {
		BGP          BGPConfig
		NodeSelector metav1.LabelSelector
	}

	BGPConfig struct {
		Routers     []Router
		BFDProfiles []BFDProfile
	}

	Router struct {
		ASN       uint32
		ID, VRF   string
		Neighbors []Neighbor
		Prefixes  []string
	}

	Neighbor struct {
		Address, Interface, SourceAddress, Password, BFDProfile string

		ASN            uint32
		DynamicASN     DynamicASNMode
		Port           *uint16
		PasswordSecret SecretReference

		HoldTime, KeepaliveTime, ConnectTime *metav1.Duration

		EnableGracefulRestart, EBGPMultiHop, DisableMP, DualStackAddressFamily bool

		ToAdvertise Advertise
	}

	SecretReference struct{ Name, Namespace string }

	Advertise struct {
		Allowed                   AllowedOutPrefixes
		PrefixesWithLocalPref     []LocalPrefPrefixes
		PrefixesWithCommunity     []CommunityPrefixes
		PrefixesWithAsPathPrepend []AsPathPrependPrefixes
	}

	AllowedOutPrefixes struct {
		Prefixes []string
		Mode     AllowMode
	}

	LocalPrefPrefixes struct {
		LocalPref uint32
		Prefixes  []string
	}

	CommunityPrefixes struct {
		Community string
		Prefixes  []string
	}

	AsPathPrependPrefixes struct {
		AsPathPrepend, Prepend, Count uint8
		Prefixes                      []string
	}

	BFDProfile struct {
		Name string

		ReceiveInterval, TransmitInterval, DetectMultiplier, EchoInterval, MinimumTTL *uint32

		EchoMode, PassiveMode *bool
	}

	// DynamicASNMode says how a neighbour's number is found.
	DynamicASNMode string
	// AllowMode says which prefixes go out.
	AllowMode string
)

// AllowRestricted lets only the named prefixes out.
const AllowRestricted AllowMode = "filtered"

// DeepCopyInto, DeepCopy and DeepCopyObject copy no more than the surface: nothing here is ever changed.
func (spec *FRRConfigurationSpec) DeepCopyInto(out *FRRConfigurationSpec) { *out = *spec }

func (one *FRRConfiguration) DeepCopy() *FRRConfiguration {
	copied := *one
	return &copied
}

func (one *FRRConfiguration) DeepCopyObject() runtime.Object { return one.DeepCopy() }

func (list *FRRConfigurationList) DeepCopyObject() runtime.Object {
	copied := *list
	return &copied
}
