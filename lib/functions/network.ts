import { Validations } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { NetworkConfig } from '../config/config.ts';

/**
 * A place in a VPC for functions, made from ids alone, so that synthesis needs no credentials.
 *
 * `Vpc.fromLookup` would need them; `Vpc.fromVpcAttributes` wants availability zones that nothing uses, and warns for
 * every subnet.
 */
export class Network extends Construct {
  private readonly vpcConfig: lambda.CfnFunction.VpcConfigProperty;

  constructor(scope: Construct, id: string, { subnetIds, securityGroups }: NetworkConfig) {
    super(scope, id);
    const securityGroupIds =
      'ids' in securityGroups ? [...securityGroups.ids] : [this.egressOnly(securityGroups.createInVpc).attrGroupId];
    this.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds };
  }

  /**
   * Places a function here, and lets Lambda manage the network interfaces for it in the name of its role.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
   */
  place(placed: lambda.Function, role: Role): void {
    const resource = placed.node.defaultChild;
    if (!(resource instanceof lambda.CfnFunction)) throw new TypeError(`${placed.node.path} is no function of its own`);
    resource.vpcConfig = this.vpcConfig;
    role.addToPolicy(
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
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Lambda checks these actions on every resource: the interfaces do not exist before it has created them.',
    });
  }

  private egressOnly(vpcId: string): CfnSecurityGroup {
    return new CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: 'WhatsApp thread cleanup: out to the database and to AWS, nothing in',
      vpcId,
      // Every TCP port, since the database's own is in the secret, which nobody reads at deployment.
      securityGroupEgress: [
        { ipProtocol: 'tcp', fromPort: 0, toPort: 65_535, cidrIp: '0.0.0.0/0', description: 'Database and AWS' },
      ],
    });
  }
}
