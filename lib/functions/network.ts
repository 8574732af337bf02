import { Validations } from 'aws-cdk-lib';
import { CfnSecurityGroup, Connections, type ISecurityGroup, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { NetworkIds } from '../config/checked-props.ts';

export interface NetworkProps extends Pick<NetworkIds, 'subnetIds' | 'securityGroups'> {
  /**
   * Where a security group that is created lets the functions out to, besides AWS.
   *
   * @default 5432
   */
  readonly databasePort: number | undefined;
}

/** PostgreSQL's own port, and that of everything at AWS. */
const POSTGRESQL = 5432;
const HTTPS = 443;

/**
 * A place in a VPC for functions, made from ids alone: of a VPC that is not of this app a context has no more, and synthesis
 * needs no credentials.
 *
 * `Vpc.fromLookup` would need them; `Vpc.fromVpcAttributes` wants availability zones that nothing uses, and warns for
 * every subnet.
 */
export class Network extends Construct {
  /** What the functions' security groups let in and out. */
  readonly connections: Connections;
  private readonly vpcConfig: lambda.CfnFunction.VpcConfigProperty;

  constructor(scope: Construct, id: string, { subnetIds, securityGroups, databasePort }: NetworkProps) {
    super(scope, id);
    const groups =
      'createInVpc' in securityGroups
        ? [this.egressOnly(securityGroups.createInVpc, databasePort ?? POSTGRESQL)]
        : [...securityGroups];
    this.connections = new Connections({ securityGroups: groups });
    this.vpcConfig = {
      subnetIds: [...subnetIds],
      securityGroupIds: groups.map(({ securityGroupId }) => securityGroupId),
    };
  }

  /**
   * Places a function here, and lets Lambda manage the network interfaces for it in the name of its role.
   *
   * This right is a policy of its own, which a function that leaves the VPC still has while it leaves: an update removes
   * statements first, and whole policies last, after everything that depended on them.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
   */
  place(placed: lambda.Function, role: Role): void {
    const resource = placed.node.defaultChild;
    if (!(resource instanceof lambda.CfnFunction)) throw new TypeError(`${placed.node.path} is no function of its own`);
    resource.vpcConfig = this.vpcConfig;
    const policy = new Policy(role, 'NetworkInterfaces', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: [
            'ec2:AssignPrivateIpAddresses',
            'ec2:CreateNetworkInterface',
            'ec2:DeleteNetworkInterface',
            'ec2:DescribeNetworkInterfaces',
            'ec2:DescribeSubnets',
            'ec2:UnassignPrivateIpAddresses',
          ],
          resources: ['*'],
        }),
      ],
    });
    placed.node.addDependency(policy);
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Lambda checks these actions on every resource: the interfaces do not exist before it has created them.',
    });
  }

  private egressOnly(vpcId: string, databasePort: number): ISecurityGroup {
    const out = (port: number, description: string) => ({
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      cidrIp: '0.0.0.0/0',
      description,
    });
    const { attrGroupId } = new CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: 'WhatsApp thread cleanup: out to the database and to AWS, nothing in',
      vpcId,
      securityGroupEgress: [...(databasePort === HTTPS ? [] : [out(databasePort, 'Database')]), out(HTTPS, 'AWS')],
    });
    // So that what `connections` allows beyond that becomes a rule.
    return SecurityGroup.fromSecurityGroupId(this, 'Created', attrGroupId, { allowAllOutbound: false });
  }
}
