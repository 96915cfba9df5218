/** What GitHub shows of things, in its own words. */
import type { Environment, GitHubState, Hook, Label, Repository, Team, User } from "./state.ts";

export function renderUser({ id, login }: User) {
  return { id, login, node_id: `U_${id}`, type: "User", site_admin: false };
}

export function renderTeam({ id, slug }: Team) {
  return { id, slug, name: slug, node_id: `T_${id}`, privacy: "closed", permission: "pull", description: null };
}

export function renderRepository(state: GitHubState, repository: Repository, base: string) {
  const { id, owner, name, settings, topics } = repository;
  const { organization, users } = state.options;
  const ownerIsOrganization = owner.toLowerCase() === organization.toLowerCase();
  const ownerId = ownerIsOrganization ? 1 : (users.find((user) => user.login === owner)?.id ?? 0);
  // Security features of private repositories cost extra; GitHub shows nothing of them where they are not bought.
  const enabled = { status: "enabled" };
  const security =
    settings.visibility === "public"
      ? { security_and_analysis: { secret_scanning: enabled, secret_scanning_push_protection: enabled } }
      : {};
  return {
    id,
    node_id: `R_${id}`,
    name,
    full_name: `${owner}/${name}`,
    owner: { id: ownerId, login: owner, type: ownerIsOrganization ? "Organization" : "User" },
    html_url: `${base}/${owner}/${name}`,
    url: `${base}/api/v3/repos/${owner}/${name}`,
    clone_url: `${base}/${owner}/${name}.git`,
    git_url: `git://${new URL(base).host}/${owner}/${name}.git`,
    ssh_url: `git@${new URL(base).hostname}:${owner}/${name}.git`,
    svn_url: `${base}/${owner}/${name}`,
    fork: false,
    language: null,
    default_branch: "main",
    permissions: { admin: true, push: true, pull: true },
    created_at: repository.createdAt,
    ...settings,
    ...security,
    topics,
  };
}

export function renderLabel({ id, name, color, description }: Label, url: string) {
  return {
    id,
    node_id: `LA_${id}`,
    name,
    color,
    description,
    default: false,
    url: `${url}/${encodeURIComponent(name)}`,
  };
}

/** A secret is never shown, only that there is one. */
export function renderHook(hook: Hook, url: string) {
  const { secret, ...config } = hook.config;
  return {
    id: hook.id,
    type: "Repository",
    name: "web",
    active: hook.active,
    events: hook.events,
    config: { ...config, ...(secret === undefined ? {} : { secret: "********" }) },
    url: `${url}/${hook.id}`,
    ping_url: `${url}/${hook.id}/pings`,
    created_at: hook.createdAt,
    updated_at: hook.updatedAt,
  };
}

export function renderEnvironment(state: GitHubState, environment: Environment) {
  const { id, name, waitMinutes, reviewers, preventSelfReview, branchPolicy } = environment;
  const rules: object[] = [];
  if (waitMinutes > 0)
    rules.push({ id: id * 10 + 1, node_id: `GA_${id}1`, type: "wait_timer", wait_timer: waitMinutes });
  if (reviewers.length > 0) {
    rules.push({
      id: id * 10 + 2,
      node_id: `GA_${id}2`,
      type: "required_reviewers",
      prevent_self_review: preventSelfReview,
      reviewers: reviewers.map((reviewer) => renderReviewer(state, reviewer)),
    });
  }
  if (branchPolicy) rules.push({ id: id * 10 + 3, node_id: `GA_${id}3`, type: "branch_policy" });
  return {
    id,
    node_id: `EN_${id}`,
    name,
    can_admins_bypass: environment.canAdminsBypass,
    protection_rules: rules,
    deployment_branch_policy: branchPolicy,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
  };
}

function renderReviewer({ options }: GitHubState, { type, id }: Environment["reviewers"][number]) {
  if (type === "Team") {
    const team = options.teams?.find((candidate) => candidate.id === id);
    return { type, reviewer: team && renderTeam(team) };
  }
  const user = options.users.find((candidate) => candidate.id === id);
  return { type, reviewer: user && renderUser(user) };
}
