/** Where a run has its token limit from. In a terminal an option is the payload, and a variable the deployment. */
export const TOKEN_LIMIT_SOURCES = ['payload', 'parameter', 'deployment'] as const;
export type TokenLimitSource = (typeof TOKEN_LIMIT_SOURCES)[number];
