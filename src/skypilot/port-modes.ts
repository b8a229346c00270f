/** SkyPilot's own port modes (sky/utils/kubernetes_enums.py, KubernetesPortMode). */
export const skyPilotPortModes = ['loadbalancer', 'ingress', 'podip'] as const;
export type SkyPilotPortMode = (typeof skyPilotPortModes)[number];
